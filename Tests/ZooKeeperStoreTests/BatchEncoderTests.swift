import Boundary
import Domain
import OrderedCollections
import Testing

@testable import ZooKeeperStore

/// Znodes in memory, as strict as ZooKeeper: a parent for every child, no second creation, nothing deleted twice.
private struct ZNodes {
    var values: [String: [UInt8]]

    init(_ layout: Layout) {
        values = ["": [], layout.root: []]
        for directory in layout.directories { values[directory] = [] }
    }

    mutating func carryOut(_ write: ZNodeWrite) throws {
        let path = write.path
        let parent = path[..<(path.lastIndex(of: "/") ?? path.startIndex)]
        switch write.action {
        case .create(let bytes):
            guard values[path] == nil else { throw ServerTrouble("\(path) exists already") }
            guard values[String(parent)] != nil else { throw ServerTrouble("\(path) has no parent") }
            values[path] = bytes
        case .set(let bytes), .setIf(_, let bytes):
            guard values[path] != nil else { throw ServerTrouble("\(path) is not there to be set") }
            values[path] = bytes
        case .delete:
            guard values[path] != nil else { throw ServerTrouble("\(path) is not there to be deleted") }
            guard !values.keys.contains(where: { $0.hasPrefix(path + "/") }) else {
                throw ServerTrouble("\(path) has children")
            }
            values[path] = nil
        case .check: break
        }
    }

    func records<Record: Decodable>(_ type: Record.Type, below directory: String, depth: Int) throws -> [Record] {
        let codec = RecordCodec()
        return try values.filter { path, _ in
            path.hasPrefix(directory + "/") && path.dropFirst(directory.count).split(separator: "/").count == depth
        }.map { try codec.decode(type, from: $0.value) }
    }
}

@Suite struct BatchEncoderTests {
    let layout = Layout(root: "/pacer")

    @Test func `writes come in the order in which a crash does no harm`() throws {
        let old = spec(try app("/web"), cmd: "old")
        let new = spec(old.id, cmd: "new")
        let gone = spec(try app("/gone"))
        let deployment = DeploymentRecord(
            id: DeploymentID("s-2"),
            source: "s",
            revision: Revision("r"),
            planHash: new.digest,
            started: Instant(milliseconds: 1),
            apps: 2
        )
        var ended = deployment
        ended.id = DeploymentID("s-0")
        ended.finished = Instant(milliseconds: 2)
        var catalogue = Catalogue()
        catalogue.specs = [old.digest: 0, gone.digest: 0]
        catalogue.apps = [old.id, gone.id]
        catalogue.instances = [old.id: [0, 1], gone.id: [0]]
        catalogue.deployments = [DeploymentID("s-0"), DeploymentID("s-1")]
        catalogue.buckets = [layout.bucket(of: old.id), layout.instancesBucket(of: old.id)]
        var changes = batch(
            1,
            (.framework, .framework(FrameworkID("f"))),
            (.spec(new.digest), .spec(new)),
            (.app(new.id), .app(record(new))),
            (.instances(new.id, chunk: 0), .instances([instance(new, 3)])),
            (.source("s"), .source(SourceRecord(name: "s"))),
            (.deployment(deployment.id), .deployment(deployment)),
            (.deployment(ended.id), .deployment(ended)),
            (.drift(4), .drift([episode(new.id)]))
        )
        changes.remove(.spec(old.digest))
        changes.remove(.spec(gone.digest))
        changes.remove(.app(gone.id))
        changes.remove(.instances(gone.id, chunk: 0))
        changes.remove(.instances(new.id, chunk: 1))
        changes.remove(.deployment(DeploymentID("s-1")))
        changes.record(event("app.removed", gone.id))
        let groups = try BatchEncoder(layout: layout, epoch: 3).encode(changes, &catalogue)
        let told = groups.map { $0.map { "\($0.action.word) \($0.path.dropFirst(layout.root.count))" } }
        let specs = [old.digest, gone.digest].sorted().map { ["delete \(layout.spec($0).dropFirst(6))"] }
        #expect(
            told == [
                ["create /framework"],
                ["create /deployments/s-2"],
                [
                    "delete \(layout.instances(of: gone.id, chunk: 0).dropFirst(6))",
                    "delete \(layout.instances(of: gone.id).dropFirst(6))",
                    "delete \(layout.app(gone.id).dropFirst(6))",
                ],
                [
                    "create \(layout.bucket(of: new.digest).dropFirst(6))",
                    "create \(layout.spec(new.digest).dropFirst(6))", "set \(layout.app(new.id).dropFirst(6))",
                    "set \(layout.instances(of: new.id, chunk: 0).dropFirst(6))",
                    "delete \(layout.instances(of: new.id, chunk: 1).dropFirst(6))",
                ],
                ["set /deployments/s-0"],
                ["create /sources/s"],
                ["create /drift/4"],
                ["delete /deployments/s-1"],
                ["create /journal/0000000001"],
            ] + specs
        )
        #expect(catalogue.instances == [new.id: [0]])
        #expect(catalogue.specs == [new.digest: 0])
    }

    @Test func `a spec that is there is not written again`() throws {
        let web = spec(try app("/web"))
        var catalogue = Catalogue()
        let encoder = BatchEncoder(layout: layout, epoch: 1)
        #expect(try encoder.encode(batch(1, (.spec(web.digest), .spec(web))), &catalogue).count == 1)
        #expect(try encoder.encode(batch(2, (.spec(web.digest), .spec(web))), &catalogue).isEmpty)
    }

    @Test func `a value that fits no znode is refused and named`() throws {
        var catalogue = Catalogue()
        var source = SourceRecord(name: "shop")
        source.tree = spec(try app("/web"), padding: 1_500_000).app.env.values.joined()
        let error = #expect(throws: StoreError.self) {
            try BatchEncoder(layout: layout, epoch: 1).encode(batch(1, (.source("shop"), .source(source))), &catalogue)
        }
        guard case .tooLarge(let path, let bytes, let limit) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(path == "/pacer/sources/shop" && bytes > 1_000_000 && limit == 100 * 1024)
    }

    @Test func `the journal keeps within its bounds, and drops the oldest where it writes the newest`() throws {
        var encoder = BatchEncoder(layout: layout, epoch: 1)
        encoder.limits.journalSegments = 5
        var catalogue = Catalogue()
        var znodes = ZNodes(layout)
        for number in 1...20 {
            var next = WriteBatch(number: number)
            next.record(event("task.running"))
            let groups = try encoder.encode(next, &catalogue)
            #expect(groups.count == 1, "one group: created and dropped together")
            for write in groups.joined() { try znodes.carryOut(write) }
        }
        let kept = try znodes.records(JournalSegment.self, below: layout.journal, depth: 1).map(\.batch).sorted()
        #expect(kept == [16, 17, 18, 19, 20])

        encoder.limits.journalBytes = 300
        for number in 21...24 {
            var next = WriteBatch(number: number)
            next.record(event("task.running", facts: ["why": "because"]))
            for write in try encoder.encode(next, &catalogue).joined() { try znodes.carryOut(write) }
        }
        #expect(catalogue.journal.bytes <= 300)
        let bytes = znodes.values.filter { $0.key.hasPrefix(layout.journal + "/") }.map(\.value.count).reduce(0, +)
        #expect(bytes == catalogue.journal.bytes)
    }

    @Test func `very many events take several segments, in order`() throws {
        var encoder = BatchEncoder(layout: layout, epoch: 4)
        encoder.limits.journalSegment = 2000
        var catalogue = Catalogue()
        var next = WriteBatch(number: 9)
        for index in 0..<1000 { next.record(event("e\(index)", facts: ["n": "\(index)"])) }
        var znodes = ZNodes(layout)
        for write in try encoder.encode(next, &catalogue).joined() { try znodes.carryOut(write) }
        let names = znodes.values.keys.filter { $0.hasPrefix(layout.journal + "/") }.sorted()
        #expect(names.count > 3)
        let entries = try names.flatMap { name in
            try RecordCodec().decode(JournalSegment.self, from: znodes.values[name] ?? []).entries
        }
        #expect(entries == next.journal)
    }

    @Test(arguments: UInt64(0)..<20)
    func `a crash after any transaction leaves a state that can be continued`(_ seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var limits = StoreLimits()
        limits.writes = Int.random(in: 1...6, using: &random)
        limits.specChunk = 400
        var world = RandomWorld()
        var catalogue = Catalogue()
        var znodes = ZNodes(layout)
        for number in 1...8 {
            let next = try world.nextBatch(number, &random)
            let encoder = BatchEncoder(layout: layout, epoch: 1, limits: limits)
            for writes in TransactionPacker(limits: limits).pack(try encoder.encode(next, &catalogue)) {
                for write in writes { try znodes.carryOut(write) }
                try expectContinuable(znodes)
            }
        }
    }

    /// What must hold between any two transactions.
    private func expectContinuable(_ znodes: ZNodes) throws {
        let apps = try znodes.records(AppRecord.self, below: layout.apps, depth: 2)
        let instances = try znodes.records([Instance].self, below: layout.instances, depth: 3).joined()
        let next = Dictionary(uniqueKeysWithValues: apps.map { ($0.id, $0.nextInstance) })
        for instance in instances {
            let bound = try #require(next[instance.id.app], "\(instance.id) has no app")
            #expect(instance.id.number < bound, "the number of \(instance.id) could be given again")
        }
        let named = instances.map(\.digest) + apps.compactMap(\.desired)
        for digest in named {
            #expect(znodes.values[layout.spec(digest)] != nil, "\(digest.short) is named and missing")
        }
        for (path, value) in znodes.values {
            guard let chunks = SpecChunks.count(in: value) else { continue }
            for index in 0..<chunks { #expect(znodes.values["\(path).\(index)"] != nil, "\(path) is not whole") }
        }
    }
}

/// Apps that come, change, grow and go at random, as a controller would write them.
private struct RandomWorld {
    var specs: [AppID: Spec] = [:]
    var next: [AppID: Int] = [:]
    var running: [AppID: [Int: Digest]] = [:]
    var version = 0

    mutating func nextBatch(_ number: Int, _ random: inout SplitMix64) throws -> WriteBatch {
        var batch = WriteBatch(number: number)
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let id = try app("/g/app\(Int.random(in: 0..<6, using: &random))")
            if specs[id] != nil && Bool.random(using: &random) && Bool.random(using: &random) {
                remove(id, &batch)
            } else {
                change(id, &batch, &random)
            }
        }
        if Bool.random(using: &random) { batch.record(event("turn", facts: ["n": "\(number)"])) }
        return batch
    }

    private mutating func remove(_ id: AppID, _ batch: inout WriteBatch) {
        for chunk in Set((running[id] ?? [:]).keys.map { $0 / StoreKey.chunkSize }) {
            batch.remove(.instances(id, chunk: chunk))
        }
        if let old = specs[id] { batch.remove(.spec(old.digest)) }
        batch.remove(.app(id))
        (specs[id], running[id]) = (nil, nil)
    }

    private mutating func change(_ id: AppID, _ batch: inout WriteBatch, _ random: inout SplitMix64) {
        version += 1
        let new = spec(id, cmd: "v\(version)", padding: Int.random(in: 0...600, using: &random))
        if let old = specs[id] { batch.remove(.spec(old.digest)) }
        specs[id] = new
        batch.put(.spec(new.digest), .spec(new))
        let first = next[id, default: 1]
        let last = first + Int.random(in: 0...9, using: &random)
        next[id] = last + 1
        var record = record(new)
        record.nextInstance = last + 1
        batch.put(.app(id), .app(record))
        let chunksBefore = Set((running[id] ?? [:]).keys.map { $0 / StoreKey.chunkSize })
        running[id] = Dictionary(uniqueKeysWithValues: (first...last).map { ($0, new.digest) })
        let chunks = Dictionary(grouping: first...last) { $0 / StoreKey.chunkSize }
        for (chunk, numbers) in chunks {
            batch.put(.instances(id, chunk: chunk), .instances(numbers.map { instance(new, $0) }))
        }
        for chunk in chunksBefore.subtracting(chunks.keys) { batch.remove(.instances(id, chunk: chunk)) }
    }
}

extension ZNodeWrite.Action {
    fileprivate var word: String {
        switch self {
        case .create: "create"
        case .set, .setIf: "set"
        case .delete: "delete"
        case .check: "check"
        }
    }
}

@Suite struct TransactionPackerTests {
    @Test func `nothing to write is one transaction that only checks`() {
        #expect(TransactionPacker().pack([]) == [[]])
    }

    @Test(arguments: UInt64(0)..<200)
    func `transactions keep within the limits, keep the order, and cut no group that fits`(_ seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let limits = StoreLimits(writes: Int.random(in: 1...10, using: &random), bytes: 2000)
        var count = 0
        let groups = (0..<Int.random(in: 1...20, using: &random)).map { _ in
            (0..<Int.random(in: 1...12, using: &random)).map { _ in
                count += 1
                let bytes = [UInt8](repeating: 0, count: Int.random(in: 0...600, using: &random))
                return ZNodeWrite("/n\(count)", .create(bytes))
            }
        }
        let transactions = TransactionPacker(limits: limits).pack(groups)
        #expect(Array(transactions.joined()) == Array(groups.joined()))
        for writes in transactions {
            let cost = writes.map(\.cost).reduce(0, +)
            #expect(writes.count <= limits.writes && (cost <= limits.bytes || writes.count == 1))
        }
        for group in groups where group.count <= limits.writes && group.map(\.cost).reduce(0, +) <= limits.bytes {
            #expect(transactions.contains { Set(group).isSubset(of: Set($0)) }, "a group that fits was cut")
        }
    }

    @Test func `the size of a request never reaches what a server accepts`() {
        let limits = StoreLimits()
        let largest = ZNodeWrite(
            "/" + String(repeating: "p", count: 1000),
            .create([UInt8](repeating: 0, count: limits.specChunk))
        )
        #expect(largest.cost + limits.bytes < 1_048_575)
    }
}
