import Domain
import OrderedCollections

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

/// A spec with the few fields that rollouts look at. Shares are in percent.
func spec(
    _ path: String,
    cmd: String = "v1",
    instances: Int = 4,
    minimumHealthy: Int64 = 100,
    maximumOver: Int64 = 100,
    checked: Bool = false,
    dependencies: [String] = [],
    kill: KillSelection = .youngestFirst,
    rollout: RolloutStrategy? = nil
) -> Spec {
    // Where a test is about something else, an instance without a check is healthy as soon as it runs.
    var strategy = rollout ?? RolloutStrategy()
    strategy.watch = strategy.watch ?? .zero
    let definition = AppSpec(
        id: app(path),
        cmd: cmd,
        instances: instances,
        healthChecks: checked ? [HealthCheck(probe: .command("true"))] : [],
        upgradeStrategy: UpgradeStrategy(
            minimumHealthMillionths: minimumHealthy * 10_000,
            maximumOverMillionths: maximumOver * 10_000
        ),
        dependencies: dependencies.sorted(),
        killSelection: kill,
        rollout: strategy
    )
    return Spec(definition, sha256: testDigest)
}

/// The same app with a persistent volume, and never more instances than are wanted.
func resident(_ spec: Spec) -> Spec {
    var definition = spec.app
    definition.persistentVolumes = [PersistentVolume(containerPath: "data", size: 1000)]
    definition.upgradeStrategy.maximumOverMillionths = 0
    return Spec(definition, sha256: testDigest)
}

extension Instance {
    /// The same with something reserved for it.
    var reserved: Instance {
        var instance = self
        instance.reservation = Reservation(
            id: ReservationID("\(id)"),
            agent: Agent(id: AgentID("agent"), hostname: "host"),
            role: "db",
            volumes: [],
            since: since
        )
        return instance
    }

    /// An instance in a condition, with the task that goes with it.
    static func make(
        _ number: Int,
        of spec: Spec,
        _ condition: Condition = .running,
        healthy: Bool? = true,
        goal: Goal = .running,
        launched: Int64 = 0
    ) -> Instance {
        let id = InstanceID(app: spec.id, number: number)
        var instance = Instance(id: id, digest: spec.digest, since: Instant(milliseconds: 0))
        instance.condition = condition
        instance.goal = goal
        if condition.hasTask {
            instance.task = TaskRecord(
                id: TaskID("\(id)-\(launched)"),
                agent: Agent(id: AgentID("agent"), hostname: "host"),
                ports: [],
                launched: Instant(milliseconds: launched),
                healthy: healthy
            )
        }
        return instance
    }
}
