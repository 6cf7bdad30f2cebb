import Boundary
import Domain
import Logging
import OrderedCollections
import StoreFakes
import Synchronization
import Testing
import ZooKeeperStore

/// Stands in for SHA-256 where nothing depends on which hash it is: four runs of FNV-1a over words of eight bytes.
let standInDigest: SHA256 = { bytes in
    var padded = bytes
    withUnsafeBytes(of: UInt64(bytes.count).littleEndian) { padded += $0 }
    while padded.count % 8 != 0 { padded.append(0) }
    var runs: [UInt64] = [0xcbf2_9ce4_8422_2325, 0xcbf2_9ce4_8422_2324, 0xcbf2_9ce4_8422_2327, 0xcbf2_9ce4_8422_2326]
    padded.withUnsafeBytes { buffer in
        for word in buffer.bindMemory(to: UInt64.self) {
            for run in 0..<4 { runs[run] = ((runs[run] ^ word) &* 0x100_0000_01b3) ^ (runs[run] >> 29) }
        }
    }
    return Digest(bytes: runs.flatMap { run in (0..<8).map { UInt8(truncatingIfNeeded: run >> (8 * $0)) } })
}

/// An id that is known to be legal.
func app(_ path: String) throws -> AppID { try #require(AppID(path)) }

/// A spec of an app with `padding` bytes that do not compress well.
func spec(_ id: AppID, cmd: String = "sleep 1000", padding: Int = 0) -> Spec {
    var random = SplitMix64(seed: 7)
    var letters: [UInt8] = []
    while letters.count < padding {
        let word = random.next()
        for shift in 0..<8 { letters.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: word >> (8 * shift)) % 75) }
    }
    letters.removeLast(letters.count - padding)
    var definition = AppSpec(id: id, cmd: cmd, env: ["LEVEL": "info", "NAME": "a\"b\\c/ü"], instances: 3)
    if padding > 0 { definition.env["PADDING"] = String(decoding: letters, as: UTF8.self) }
    return Spec(definition, sha256: standInDigest)
}

/// An app's record that names a spec.
func record(_ spec: Spec, revision: String = "0123abcd") -> AppRecord {
    var record = AppRecord(
        id: spec.id,
        source: "shop",
        file: "web.yaml",
        desired: spec.digest,
        revision: Revision(revision)
    )
    record.lastHealthy = spec.digest
    record.rollout = RolloutRecord(
        deployment: DeploymentID("shop-7"),
        phase: .rolling,
        reason: "2 of 3 instances are healthy",
        since: Instant(milliseconds: 1_700_000_000_000)
    )
    record.backoff = BackoffState(
        digest: spec.digest,
        delay: .seconds(2),
        until: Instant(milliseconds: 1_700_000_000_123),
        failures: 3
    )
    return record
}

/// An instance with everything that an instance can have.
func instance(_ spec: Spec, _ number: Int, condition: Condition = .running) -> Instance {
    let since = Instant(milliseconds: 1_700_000_001_000 + Int64(number))
    var instance = Instance(id: InstanceID(app: spec.id, number: number), digest: spec.digest, since: since)
    guard condition.hasTask else { return instance }
    let agent = Agent(
        id: AgentID("5f3c-S\(number % 10)"),
        hostname: "agent\(number % 10).example",
        attributes: ["rack": "r1", "ports": "[1-5]"],
        region: "eu",
        zone: "eu-1"
    )
    instance.condition = condition
    instance.task = TaskRecord(
        id: TaskID("shop_web.1.\(number)"),
        agent: agent,
        ports: [31_000 + number],
        launched: since,
        healthy: true
    )
    instance.lastEnd = TaskEnd(
        task: TaskID("shop_web.0.\(number)"),
        state: "TASK_FAILED",
        message: "Command exited with status 1",
        reason: "REASON_COMMAND_EXECUTOR_FAILED",
        at: since,
        host: "agent1.example"
    )
    return instance
}

/// A drift episode.
func episode(_ id: AppID) -> DriftEpisode {
    DriftEpisode(
        app: id,
        subject: "\(id)#1",
        kind: .missing,
        cause: "agent lost",
        firstSeen: Instant(milliseconds: 1),
        lastSeen: Instant(milliseconds: 2),
        expected: "3 instances",
        actual: "2 instances",
        action: "launched anew"
    )
}

/// A batch of some puts.
func batch(_ number: Int, _ puts: (StoreKey, StoreValue)...) -> WriteBatch {
    var batch = WriteBatch(number: number)
    for (key, value) in puts { batch.put(key, value) }
    return batch
}

/// An event for the journal.
func event(_ type: String, _ id: AppID? = nil, facts: [String: String] = [:]) -> JournalEntry {
    JournalEntry(at: Instant(milliseconds: 5), type: type, app: id, facts: facts)
}

extension LeaderSession {
    /// Commits and waits for the outcome.
    func write(_ batch: WriteBatch) async -> CommitOutcome {
        await withCheckedContinuation { continuation in
            commit(CommitTicket(batch)) { continuation.resume(returning: $0) }
        }
    }
}

extension CommitOutcome {
    /// The batch that is durable; `nil` after a failure.
    var durableBatch: Int? {
        guard case .durable(let proof) = self else { return nil }
        return proof.batchNumber
    }

    /// Why it failed; `nil` where it did not.
    var failure: String? {
        guard case .failed(let reason) = self else { return nil }
        return reason
    }
}

/// Collects what callbacks say, in order.
final class Notes<Note: Sendable>: Sendable {
    private let notes = Mutex<[Note]>([])
    var all: [Note] { notes.withLock { $0 } }
    func add(_ note: Note) { notes.withLock { $0.append(note) } }
}

/// Random numbers that are the same in every run.
struct SplitMix64: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}

/// A logger that says nothing.
let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
