import Boundary
import Domain
import Logging
import OrderedCollections
import Testing

@testable import ZooKeeperStore

extension WithZooKeeper {
    /// What only the real store can show.
    @Suite struct RealStore {}
}

/// Every znode below a path, with its value.
private func tree(_ session: ZooKeeperSession, _ path: String) async throws -> [String: [UInt8]] {
    var found: [String: [UInt8]] = [:]
    var open = [path]
    while let next = open.popLast() {
        found[next] = try await session.get(next).value
        open += try await session.children(next).map { "\(next)/\($0)" }
    }
    return found
}

extension WithZooKeeper.RealStore {
    @Test func `the layout is the one of the design`() async throws {
        let address = try ZooKeeperAddress(theServer().address())
        let root = address.path
        let layout = Layout(root: root)
        let web = spec(try app("/shop/web"), padding: 2000)
        let store = try realStore(address, "here:8080")
        try await withTerm(of: store) { term in
            var all = batch(
                1,
                (.framework, .framework(FrameworkID("fw-1"))),
                (.spec(web.digest), .spec(web)),
                (.app(web.id), .app(record(web))),
                (.instances(web.id, chunk: 2), .instances([instance(web, 64)])),
                (.source("shop"), .source(SourceRecord(name: "shop"))),
                (.drift(1), .drift([]))
            )
            all.record(event("app.created", web.id))
            #expect(await term.write(all).durableBatch == 1)
            let znodes = try await withSession(address) { try await tree($0, root) }
            let candidate = try #require(znodes.keys.first { $0.hasPrefix(layout.election + "/") })
            let expected: Set = [
                root, layout.version, layout.framework, layout.epoch, layout.election, candidate, layout.sources,
                "\(root)/sources/shop", layout.specs, layout.bucket(of: web.digest), layout.spec(web.digest),
                layout.apps, layout.bucket(of: web.id), layout.app(web.id), layout.instances,
                layout.instancesBucket(of: web.id), layout.instances(of: web.id),
                layout.instances(of: web.id, chunk: 2), layout.deployments, layout.drift, "\(root)/drift/1",
                layout.journal, "\(root)/journal/0000000001",
            ]
            #expect(Set(znodes.keys) == expected)
            func text(_ path: String) -> String { String(decoding: znodes[path] ?? [], as: UTF8.self) }
            #expect(text(layout.version) == "1")
            #expect(text(layout.epoch) == "\(term.epoch)")
            #expect(text(layout.framework) == #"1j"fw-1""#)
            #expect(text(candidate) == "here:8080")
            #expect(znodes[layout.spec(web.digest)]?.starts(with: Array("1z".utf8)) == true)
        }
        let left = try await withSession(address) { try await $0.children(layout.election) }
        #expect(left.isEmpty, "who gave up leaves no candidate behind")
    }

    @Test func `a batch of 1,000 apps is one commit of several transactions`() async throws {
        let store = try realStore(ZooKeeperAddress(theServer().address()))
        var large = WriteBatch(number: 1)
        for index in 0..<1000 {
            let one = spec(try app("/load/app-\(index)"))
            large.put(.spec(one.digest), .spec(one))
            large.put(.app(one.id), .app(record(one)))
            large.put(.instances(one.id, chunk: 0), .instances([instance(one, 1)]))
        }
        try await withRealTerm(of: store) { term in
            #expect(await term.write(large).durableBatch == 1)
            let image = try await term.load()
            #expect(image.apps.count == 1000 && image.specs.count == 1000 && image.instances.count == 1000)
        }
        let statistics = store.statistics
        #expect(statistics.commits == 1)
        #expect(statistics.transactions >= 30)
        #expect(statistics.nodes >= 4000, "four znodes an app: spec, record, parent and instances")
    }

    @Test func `1,000 instances of one app take 32 znodes`() async throws {
        let store = try realStore(ZooKeeperAddress(theServer().address()))
        let web = spec(try app("/web"))
        var large = batch(1, (.app(web.id), .app(record(web))))
        let instances = (0..<1000).map { instance(web, $0) }
        for (chunk, part) in Dictionary(grouping: instances, by: { $0.id.number / StoreKey.chunkSize }) {
            large.put(.instances(web.id, chunk: chunk), .instances(part))
        }
        try await withRealTerm(of: store) { term in
            #expect(await term.write(large).durableBatch == 1)
            let image = try await term.load()
            #expect(image.instances.count == 1000)
        }
        #expect(store.statistics.nodes == 32 + 4, "the records, their parent, the app's record, and two buckets")
    }

    @Test func `a value that fits no znode is refused before anything of its batch is sent`() async throws {
        let store = try realStore(ZooKeeperAddress(theServer().address()))
        let web = spec(try app("/web"))
        var source = SourceRecord(name: "shop")
        source.tree = spec(web.id, padding: 1_500_000).app.env["PADDING"]
        let large = batch(2, (.app(web.id), .app(record(web))), (.source("shop"), .source(source)))
        try await withTerm(of: store) { term in
            #expect(await term.write(WriteBatch(number: 1)).durableBatch == 1)
            let reason = try #require(await term.write(large).failure)
            #expect(reason.contains("/sources/shop") && reason.contains("more than the 102400"), "\(reason)")
            #expect(await term.ended() == reason)
        }
        try await withTerm(of: store) { term in
            let image = try await term.load()
            #expect(image.apps.isEmpty)
        }
    }

    @Test func `a spec over half a megabyte is cut into chunks, and removed with them`() async throws {
        let address = try ZooKeeperAddress(theServer().address())
        let layout = Layout(root: address.path)
        let large = spec(try app("/large"), padding: 1_500_000)
        let store = try realStore(address)
        try await withTerm(of: store) { term in
            let put = batch(1, (.spec(large.digest), .spec(large)), (.app(large.id), .app(record(large))))
            #expect(await term.write(put).durableBatch == 1)
            let image = try await term.load()
            #expect(image.specs[large.digest]?.app == large.app)
        }
        try await withTerm(of: store) { term in
            let image = try await term.load()
            #expect(image.specs[large.digest]?.app == large.app)
            let names = try await withSession(address) { try await $0.children(layout.bucket(of: large.digest)) }
            #expect(names.count == 4, "a header and three chunks: \(names)")
            var removal = WriteBatch(number: 1)
            removal.remove(.spec(large.digest))
            #expect(await term.write(removal).durableBatch == 1)
            let left = try await withSession(address) { try await $0.children(layout.bucket(of: large.digest)) }
            #expect(left.isEmpty)
        }
    }

    @Test func `what a broken-off write left behind is cleared away, and can be written again`() async throws {
        let address = try ZooKeeperAddress(theServer().address())
        let layout = Layout(root: address.path)
        let large = spec(try app("/large"), padding: 1_500_000)
        let store = try realStore(address)
        try await withTerm(of: store) { _ in }
        try await withSession(address) { session in
            try await session.create(layout.bucket(of: large.digest))
            try await session.create(layout.chunk(0, of: large.digest), [1])
            try await session.create(layout.instancesBucket(of: large.id))
            try await session.create(layout.instances(of: large.id))
        }
        try await withTerm(of: store) { term in
            #expect(try await term.load().specs.isEmpty)
            let left = try await withSession(address) { try await tree($0, layout.root) }
            #expect(left[layout.chunk(0, of: large.digest)] == nil && left[layout.instances(of: large.id)] == nil)
            let put = batch(
                1,
                (.spec(large.digest), .spec(large)),
                (.app(large.id), .app(record(large))),
                (.instances(large.id, chunk: 0), .instances([instance(large, 1)]))
            )
            #expect(await term.write(put).durableBatch == 1)
        }
    }

    @Test func `the journal keeps what was committed, also for the next leader`() async throws {
        let store = try realStore(ZooKeeperAddress(theServer().address()))
        for round in 1...2 {
            try await withRealTerm(of: store) { term in
                for number in 1...3 {
                    var next = WriteBatch(number: number)
                    next.record(event("round \(round) event \(number)"))
                    #expect(await term.write(next).durableBatch == number)
                }
            }
        }
        try await withRealTerm(of: store) { term in
            let segments = try await term.journal()
            #expect(segments.map(\.number) == Array(1...6))
            #expect(segments.map(\.segment.epoch) == [1, 1, 1, 2, 2, 2])
            #expect(segments.flatMap(\.segment.entries).map(\.type).last == "round 2 event 3")
        }
    }
}

// MARK: - Damage

extension WithZooKeeper.RealStore {
    struct Damage: CustomTestStringConvertible {
        let testDescription: String
        let path: @Sendable (Layout, Spec) -> String
        var value = "1j{"
        let isFatal: Bool
        let reason: String
    }

    @Test(arguments: [
        Damage(testDescription: "an app", path: { $0.app($1.id) }, isFatal: true, reason: "it is no AppRecord"),
        Damage(
            testDescription: "instances",
            path: { $0.instances(of: $1.id, chunk: 0) },
            isFatal: true,
            reason: "it is no Array<Instance>"
        ),
        Damage(
            testDescription: "a spec in use",
            path: { $0.spec($1.digest) },
            value: "1z",
            isFatal: true,
            reason: "it ends within its head"
        ),
        Damage(
            testDescription: "a spec under another's name",
            path: { $0.spec($1.digest) },
            value: "OTHER",
            isFatal: true,
            reason: "not that of its name"
        ),
        Damage(
            testDescription: "a source",
            path: { layout, _ in layout.source("shop") },
            isFatal: true,
            reason: "it is no"
        ),
        Damage(
            testDescription: "the framework's id",
            path: { layout, _ in layout.framework },
            value: "2j\"fw\"",
            isFatal: true,
            reason: "a newer Pacer"
        ),
        Damage(
            testDescription: "an app where no app can be",
            path: { layout, spec in "\(layout.bucket(of: spec.id))/zz__z" },
            isFatal: true,
            reason: "it is no AppRecord"
        ),
        Damage(
            testDescription: "instances without a number",
            path: { "\($0.instances(of: $1.id))/x" },
            value: "1j[]",
            isFatal: true,
            reason: "its name is no number"
        ),
        Damage(
            testDescription: "a deployment",
            path: { layout, _ in layout.deployments + "/shop-1" },
            isFatal: false,
            reason: "it is no"
        ),
        Damage(
            testDescription: "a drift segment",
            path: { layout, _ in layout.drift(1) },
            isFatal: false,
            reason: "it is no"
        ),
        Damage(
            testDescription: "a journal segment",
            path: { layout, _ in layout.journal(1) },
            isFatal: false,
            reason: "it is no JournalSegment"
        ),
        Damage(
            testDescription: "a drift segment whose name is no number",
            path: { layout, _ in layout.drift + "/+7" },
            value: "1j[]",
            isFatal: false,
            reason: "its name is no number"
        ),
        Damage(
            testDescription: "a spec in another's bucket",
            path: { layout, spec in layout.bucket(of: spec.digest) + "/" + notInBucket(spec.digest) },
            isFatal: false,
            reason: "not that of a spec of this bucket"
        ),
        Damage(
            testDescription: "a foreign znode among the specs",
            path: { layout, spec in layout.bucket(of: spec.digest) + "/notes.1" },
            isFatal: false,
            reason: "not that of a spec of this bucket"
        ),
        Damage(
            testDescription: "a journal segment whose number is never given",
            path: { layout, _ in layout.journal(0) },
            isFatal: false,
            reason: "its name is no number of a segment"
        ),
        Damage(
            testDescription: "a spec that nobody names",
            path: { layout, spec in
                layout.bucket(of: spec.digest) + "/" + spec.digest.hex.prefix(2) + String(repeating: "0", count: 62)
            },
            isFatal: false,
            reason: "it is no AppSpec"
        ),
    ])
    func `what cannot be read is named, and stops the load where going on could do damage`(
        _ damage: Damage
    ) async throws {
        let address = try ZooKeeperAddress(theServer().address())
        let layout = Layout(root: address.path)
        let web = spec(try app("/shop/web"))
        let log = Notes<String>()
        let store = try ZooKeeperStore(
            address: address,
            apiAddress: "a",
            sha256: standInDigest,
            logger: Logger(label: "test") { _ in NotingHandler(notes: log) }
        )
        try await withTerm(of: store) { term in
            var all = batch(
                1,
                (.framework, .framework(FrameworkID("fw-1"))),
                (.spec(web.digest), .spec(web)),
                (.app(web.id), .app(record(web))),
                (.instances(web.id, chunk: 0), .instances([instance(web, 1)])),
                (.source("shop"), .source(SourceRecord(name: "shop"))),
                (.drift(1), .drift([]))
            )
            all.record(event("x"))
            #expect(await term.write(all).durableBatch == 1)
        }
        let path = damage.path(layout, web)
        let other = try RecordCodec().encode(spec(web.id, cmd: "other").app)
        let value = damage.value == "OTHER" ? other : Array(damage.value.utf8)
        try await withSession(address) { session in
            if try await session.exists(path) == nil { try await session.create(path, value) }
            try await session.set(path, value)
        }
        try await withRealTerm(of: store) { term in
            guard damage.isFatal else {
                let image = try await term.load()
                #expect(image.apps == [web.id: record(web)] && image.instances.count == 1 && image.specs.count == 1)
                _ = try await term.journal()
                #expect(log.all.contains { $0.contains(path) && $0.contains(damage.reason) }, "\(log.all)")
                #expect(await term.write(WriteBatch(number: 1)).durableBatch == 1)
                return
            }
            let error = await #expect(throws: StoreError.self) { try await term.load() }
            let story = String(describing: error)
            #expect(story.contains(path) && story.contains(damage.reason), "\(story)")
            #expect(await term.ended().contains(path))
            #expect(await term.write(WriteBatch(number: 1)).failure != nil)
        }
    }
}

/// A digest that belongs into another bucket.
private func notInBucket(_ digest: Digest) -> String {
    (digest.hex.hasPrefix("00") ? "ff" : "00") + digest.hex.dropFirst(2)
}

/// Keeps what is logged, metadata included.
private struct NotingHandler: LogHandler {
    let notes: Notes<String>
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace
    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }
    func log(event: LogEvent) {
        notes.add("\(event.message) \(event.metadata ?? [:])")
    }
}

// MARK: - Where a person is needed

extension WithZooKeeper.RealStore {
    @Test func `a newer layout is refused and left alone`() async throws {
        let address = try ZooKeeperAddress(theServer().address())
        let layout = Layout(root: address.path)
        let store = try realStore(address)
        try await withTerm(of: store) { _ in }
        try await withSession(address) { _ = try await $0.set(layout.version, Array("2".utf8)) }
        let error = await #expect(throws: StoreError.self) { try await store.lead { _ in } }
        #expect(error == .newerLayout(path: layout.version, found: "2", supported: 1))
        #expect(error?.description.contains("Run the newer Pacer") == true)
        let epoch = try await withSession(address) { try await $0.get(layout.epoch).value }
        #expect(epoch == Array("1".utf8))
    }

    @Test func `a path that holds other things is refused and left alone`() async throws {
        let address = try ZooKeeperAddress(theServer().address())
        try await withSession(address) { session in
            try await session.create(address.path)
            try await session.create(address.path + "/state")
        }
        let store = try realStore(address)
        let error = await #expect(throws: StoreError.self) { try await store.lead { _ in } }
        #expect(error == .foreignPath(address.path, children: ["state"]))
        let children = try await withSession(address) { try await $0.children(address.path) }
        #expect(children == ["state"])
    }

    @Test func `an address without a path is refused`() throws {
        let address = try ZooKeeperAddress("zk://a:1,b:2")
        #expect(throws: StoreError.noPath("zk://a:1,b:2")) { try realStore(address) }
    }

    @Test func `a path several levels deep is created`() async throws {
        let address = try ZooKeeperAddress(theServer().address(path: "/deep/\(UInt64.random(in: 0 ... .max))/pacer"))
        try await withTerm(of: realStore(address)) { #expect($0.epoch == 1) }
    }

    @Test func `with credentials nobody else reads or writes, and wrong ones are told without the password`()
        async throws
    {
        let server = try theServer()
        let path = "/secured-\(UInt64.random(in: 0 ... .max))"
        let ours = try ZooKeeperAddress(server.address(path: path, credentials: "pacer:right"))
        let web = spec(try app("/web"))
        try await withTerm(of: try realStore(ours)) { term in
            #expect(await term.write(batch(1, (.app(web.id), .app(record(web))))).durableBatch == 1)
        }
        let layout = Layout(root: path)
        for credentials in [nil, "pacer:topsecret"] {
            let theirs = try ZooKeeperAddress(server.address(path: path, credentials: credentials))
            let refusal = await #expect(throws: ZooKeeperError.self) { try await realStore(theirs).lead { _ in } }
            #expect(refusal?.code == .noAuth && refusal?.needsAPerson == true)
            #expect(refusal?.description.contains("credentials") == true)
            #expect(refusal?.description.contains("topsecret") == false)
            try await withSession(theirs) { session in
                for secret in [layout.app(web.id), layout.version, layout.election] {
                    let reading = await #expect(throws: ZooKeeperError.self) { try await session.get(secret) }
                    #expect(reading?.code == .noAuth)
                }
            }
        }
        try await withTerm(of: try realStore(ours)) { term in
            let image = try await term.load()
            #expect(image.apps.count == 1)
        }
    }
}

// MARK: - Losing the session
