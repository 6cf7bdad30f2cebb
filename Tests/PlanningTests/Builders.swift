import Domain
import OrderedCollections
import Planning

/// A stand-in for SHA-256 that is good enough to tell specs apart: FNV-1a, spread over 32 bytes.
let testDigest: SHA256 = { bytes in
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    var result: [UInt8] = []
    for lane: UInt64 in [1, 3, 5, 7] {
        let spread: UInt64 = hash &* lane
        for shift: UInt64 in [0, 8, 16, 24, 32, 40, 48, 56] {
            result.append(UInt8(truncatingIfNeeded: spread >> shift))
        }
    }
    return Digest(bytes: result)
}

/// An id that the test knows to be legal.
func app(_ path: String) -> AppID {
    guard let id = AppID(path) else { preconditionFailure("not an app id: \(path)") }
    return id
}

/// A spec made from Marathon's defaults and a few changes.
func spec(_ path: String, _ change: (inout AppSpec) -> Void = { _ in }) -> Spec {
    var definition = AppSpec(id: app(path), cmd: "run")
    change(&definition)
    return Spec(definition, sha256: testDigest)
}

/// What git declares: each app in a file of its own name, unless `files` says otherwise.
func desired(
    _ specs: [Spec],
    source: String = "shop",
    files: [String: String] = [:],
    broken: [BrokenFile] = []
) -> DesiredState {
    var state = DesiredState(source: source, group: .root, revision: Revision("r2"), tree: "t", broken: broken)
    for spec in specs.sorted(by: { $0.id < $1.id }) {
        state.apps[spec.id] = DesiredState.Declaration(spec: spec, file: file(spec.id, files))
    }
    return state
}

/// What there is after the specs were deployed whole.
func actual(_ specs: [Spec], source: String = "shop", files: [String: String] = [:]) -> ActualState {
    PlanBetween.settled(desired(specs, source: source, files: files))
}

private func file(_ id: AppID, _ files: [String: String]) -> String { files[id.path] ?? "\(id.name).yaml" }

/// The plan of the default policy.
func plan(_ desired: DesiredState, over actual: ActualState, prune: Bool = true) -> Plan {
    Planner(policy: Planner.Policy(prune: prune), sha256: testDigest).plan(desired: desired, actual: actual)
}

extension Plan {
    /// Actions and apps in order: `create /a`.
    var outline: [String] { changes.map { "\($0.action.rawValue) \($0.app)" } }
}
