import Domain
import OrderedCollections
import Testing

/// Persistent volumes, residency, and Marathon's rules for apps that have them.
@Suite struct ResidentTests {
    /// One volume's text, and what it becomes or the problem that it has.
    struct Row: CustomTestStringConvertible {
        var text: String
        var volume: PersistentVolume?
        var findings: [String] = []
        var testDescription: String { text }
    }

    static func like(_ pattern: String, _ comparison: Constraint.Operator = .like) -> [Constraint] {
        [Constraint(field: "path", comparison: comparison, value: pattern)]
    }

    static let rows = [
        Row(
            text: "{containerPath: data, mode: RW, persistent: {size: 512}}",
            volume: PersistentVolume(containerPath: "data", size: 512_000)
        ),
        Row(
            text: "{containerPath: data, persistent: {type: path, size: 1, constraints: [[path, LIKE, /ssd.*]]}}",
            volume: PersistentVolume(containerPath: "data", type: .path, size: 1000, constraints: like("/ssd.*"))
        ),
        Row(
            text: "{containerPath: d, persistent: {type: mount, size: 1, maxSize: 2, profileName: fast}}",
            volume: PersistentVolume(
                containerPath: "d",
                type: .mount,
                size: 1000,
                maxSize: 2000,
                profileName: "fast"
            )
        ),
        Row(
            text: "{containerPath: d, persistent: {size: 1, profileName: fast}}",
            volume: PersistentVolume(containerPath: "d", type: .mount, size: 1000, profileName: "fast")
        ), Row(text: "{containerPath: /data, persistent: {size: 1}}", findings: ["E015"]),
        Row(text: "{containerPath: a/b, persistent: {size: 1}}", findings: ["E015"]),
        Row(text: "{containerPath: .., persistent: {size: 1}}", findings: ["E015"]),
        Row(text: "{containerPath: \"\", persistent: {size: 1}}", findings: ["E015"]),
        Row(text: "{persistent: {size: 1}}", findings: ["E016"]),
        Row(text: "{containerPath: data, mode: RO, persistent: {size: 1}}", findings: ["E015"]),
        Row(text: "{containerPath: data, mode: RW}", findings: ["E016"]),
        Row(text: "{containerPath: data, mode: RW, hostPath: /x, persistent: {size: 1}}", findings: ["E031"]),
        Row(text: "{containerPath: data, persistent: {type: root}}", findings: ["E016"]),
        Row(text: "{containerPath: data, persistent: {size: 0}}", findings: ["E014"]),
        Row(text: "{containerPath: data, persistent: {size: 1.5}}", findings: ["E014"]),
        Row(text: "{containerPath: data, persistent: {size: 1, type: disk}}", findings: ["E015"]),
        Row(text: "{containerPath: data, persistent: {size: 1, maxSize: 2}}", findings: ["E015"]),
        Row(text: "{containerPath: data, persistent: {type: mount, size: 2, maxSize: 2}}", findings: ["E015"]),
        Row(text: "{containerPath: data, persistent: {type: root, size: 2, profileName: x}}", findings: ["E015"]),
        Row(
            text: "{containerPath: data, persistent: {size: 1, constraints: [[path, LIKE, x]]}}",
            findings: ["E035"]
        ),
        Row(
            text: "{containerPath: data, persistent: {type: path, size: 1, constraints: [[disk, LIKE, x]]}}",
            findings: ["E035"]
        ),
        Row(
            text: "{containerPath: data, persistent: {type: path, size: 1, constraints: [[path, UNIQUE]]}}",
            findings: ["E035"]
        ),
    ]

    @Test(arguments: rows)
    func `a volume is read whole, or its problem is told`(row: Row) throws {
        let state = state(["db.yaml": "{cmd: run, container: {type: MESOS, volumes: [\(row.text)]}}"])
        #expect(state.problems.map { String($0.code.dropFirst(6)) } == row.findings, "\(state.problems)")
        for problem in state.problems { #expect(problem.line == 1 && problem.column > 1 && !problem.hint.isEmpty) }
        guard row.findings.isEmpty else { return }
        #expect(state.apps.values.first?.spec.app.persistentVolumes == [row.volume].compactMap(\.self))
    }

    static func resident(_ more: String = "") -> String {
        "{cmd: run, container: {type: MESOS, volumes: [{containerPath: data, persistent: {size: 1}}]}\(more)}"
    }

    @Test func `an app with volumes has Marathon's defaults for such apps`() throws {
        let spec = try #require(state(["db.yaml": ResidentTests.resident()]).apps.values.first).spec.app
        #expect(spec.isResident)
        #expect(spec.upgradeStrategy == UpgradeStrategy(minimumHealthMillionths: 500_000, maximumOverMillionths: 0))
        #expect(spec.unreachableStrategy == .disabled)
        #expect(spec.acceptedResourceRoles == ["*"])
        #expect(spec.residency == nil)
    }

    @Test(
        arguments: [
            ("", []), (", upgradeStrategy: {minimumHealthCapacity: 1, maximumOverCapacity: 0}", []),
            (", upgradeStrategy: {minimumHealthCapacity: 1, maximumOverCapacity: 0.1}", ["E037"]),
            (", unreachableStrategy: disabled", []),
            (", unreachableStrategy: {inactiveAfterSeconds: 1, expungeAfterSeconds: 2}", ["E037"]),
            (", unreachableStrategy: {inactiveAfterSeconds: 0, expungeAfterSeconds: 0}", ["E037"]),
            (", acceptedResourceRoles: [\"*\"]", []), (", acceptedResourceRoles: [db]", ["E037"]),
            (", acceptedResourceRoles: [\"*\", db]", ["E037"]),
            (", residency: {taskLostBehavior: WAIT}", ["E015"]), (", residency: {taskLost: WAIT_FOREVER}", ["W001"]),
        ] as [(String, [String])]
    )
    func `what does not go with volumes is told`(more: String, findings: [String]) {
        let state = state(["db.yaml": ResidentTests.resident(more)])
        #expect(state.problems.map { String($0.code.dropFirst(6)) } == findings)
    }

    @Test(
        arguments: [
            ("{taskLostBehavior: WAIT_FOREVER}", nil), ("{}", nil),
            ("{taskLostBehavior: RELAUNCH_AFTER_TIMEOUT}", .relaunch(after: .seconds(3600))),
            (
                "{taskLostBehavior: RELAUNCH_AFTER_TIMEOUT, relaunchEscalationTimeoutSeconds: 5}",
                .relaunch(after: .seconds(5))
            ), ("{relaunchEscalationTimeoutSeconds: 5}", nil),
        ] as [(String, Residency?)]
    )
    func `residency says how long a lost agent is waited for`(text: String, expected: Residency?) throws {
        let state = state(["db.yaml": ResidentTests.resident(", residency: \(text)")])
        #expect(state.problems.isEmpty)
        #expect(state.apps.values.first?.spec.app.residency == expected)
    }

    @Test func `residency without volumes is told to say nothing, and changes nothing`() {
        let state = state(["db.yaml": "{cmd: run, residency: {taskLostBehavior: WAIT_FOREVER}}"])
        #expect(state.findings == ["db.yaml:1:12 PACER-W006"])
        #expect(
            state.apps.values.first?.spec.digest == Spec(AppSpec(id: id("/db"), cmd: "run"), sha256: fakeSHA256).digest
        )
    }

    @Test func `a container needs a type, and without an image a command`() {
        #expect(state(["a.yaml": "{cmd: run, container: {volumes: []}}"]).findings == ["a.yaml:1:23 PACER-W010"])
        #expect(state(["a.yaml": "{container: {type: MESOS}}"]).findings == ["a.yaml:1:1 PACER-E030"])
        #expect(state(["a.yaml": "{cmd: run, container: {type: MESOS}}"]).findings.isEmpty)
        #expect(state(["a.yaml": "{cmd: run, container: {}}"]).findings.isEmpty)
        let twice = "{containerPath: data, persistent: {size: 1}}"
        let both = state(["a.yaml": "{cmd: run, container: {type: MESOS, volumes: [\(twice), \(twice)]}}"])
        #expect(both.problems.map(\.code) == ["PACER-E015"])
    }
}
