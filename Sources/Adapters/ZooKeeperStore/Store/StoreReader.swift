import Domain
import Logging

/// Reads everything, many requests at once, and checks every record against the name of its znode.
///
/// What cannot be read is never dropped in silence. Without an app, an instance, a source, the framework's id or a spec
/// that is in use, the controller could launch twice or stop what must run: the load fails and names the znode. Without
/// a deployment's header, a drift or a journal segment a reader misses a line: that is reported, and the load goes on.
struct StoreReader {
    let session: ZooKeeperSession
    let layout: Layout
    let sha256: SHA256
    let logger: Logger

    /// How many requests each part keeps under way.
    static let window = 64
    /// Into how many parts the buckets of a kind are cut: parts are listed, read and decoded side by side.
    static let parts = 16

    /// What was read.
    struct Reading: Sendable {
        var image = StoreImage()
        var catalogue = Catalogue()
        /// Znodes of no use: pieces of specs whose writing was broken off, and parents without children.
        var leftovers: [String] = []
        /// What cannot be read, and must be.
        var fatal: [StoreError.Damage] = []
        /// What cannot be read, and need not.
        var harmless: [StoreError.Damage] = []
        /// Specs that cannot be read: whether that is fatal depends on who names them.
        var brokenSpecs: [Digest: StoreError.Damage] = [:]
    }

    /// Reads everything.
    /// - Throws: `StoreError.unreadable`, or what ZooKeeper says.
    func read() async throws -> Reading {
        try await session.sync(layout.root)
        let readings = try await withThrowingTaskGroup(of: Reading.self) { group in
            group.addTask { try await self.readSingles() }
            for buckets in try await buckets(of: layout.specs) { group.addTask { try await self.readSpecs(buckets) } }
            for buckets in try await buckets(of: layout.apps) { group.addTask { try await self.readApps(buckets) } }
            for buckets in try await buckets(of: layout.instances) {
                group.addTask { try await self.readInstances(buckets) }
            }
            var readings: [Reading] = []
            for try await reading in group { readings.append(reading) }
            return readings
        }
        var whole = Reading()
        for reading in readings { whole.merge(reading) }
        judgeSpecs(&whole)
        for damage in whole.harmless.sorted() {
            logger.warning("A znode cannot be read; it is left as it is.", metadata: Self.metadata(damage))
        }
        guard whole.fatal.isEmpty else { throw StoreError.unreadable(whole.fatal) }
        return whole
    }

    /// The journal's segments that can be read, oldest first.
    func readJournal() async throws(ZooKeeperError) -> [(number: Int, segment: JournalSegment)] {
        let names = try await session.children(layout.journal).sorted()
        let values = try await session.values(of: names.map { "\(layout.journal)/\($0)" }, window: Self.window)
        let codec = RecordCodec()
        var segments: [(Int, JournalSegment)] = []
        for (name, value) in zip(names, values) {
            guard let value else { continue }
            do throws(RecordCodec.Unreadable) {
                guard let number = Int(name) else { throw RecordCodec.Unreadable("its name is no number") }
                segments.append((number, try codec.decode(JournalSegment.self, from: value)))
            } catch {
                let damage = StoreError.Damage("\(layout.journal)/\(name)", error.reason)
                logger.warning("A journal segment cannot be read.", metadata: Self.metadata(damage))
            }
        }
        return segments
    }

    private static func metadata(_ damage: StoreError.Damage) -> Logger.Metadata {
        ["zookeeper.path": "\(damage.path)", "reason": "\(damage.reason)"]
    }

    /// A broken spec that somebody names is fatal; one that nobody names is cleared away.
    private func judgeSpecs(_ whole: inout Reading) {
        guard !whole.brokenSpecs.isEmpty else { return }
        var named = Set(whole.image.instances.values.map(\.digest))
        for app in whole.image.apps.values { named.formUnion([app.desired, app.lastHealthy].compactMap(\.self)) }
        for (digest, damage) in whole.brokenSpecs {
            if named.contains(digest) {
                whole.fatal.append(damage)
                continue
            }
            whole.harmless.append(damage)
            let chunks = whole.catalogue.specs.removeValue(forKey: digest) ?? 0
            whole.leftovers += (0..<chunks).map { layout.chunk($0, of: digest) } + [damage.path]
        }
    }

    private func buckets(of directory: String) async throws(ZooKeeperError) -> [[String]] {
        let paths = try await session.children(directory).sorted().map { "\(directory)/\($0)" }
        let size = max(1, (paths.count + Self.parts - 1) / Self.parts)
        return stride(from: 0, to: paths.count, by: size).map { Array(paths[$0..<min($0 + size, paths.count)]) }
    }
}

extension StoreReader.Reading {
    /// Takes in what another part of the store gave.
    mutating func merge(_ other: Self) {
        image.framework = image.framework ?? other.image.framework
        image.sources.merge(other.image.sources) { first, _ in first }
        image.specs.merge(other.image.specs) { first, _ in first }
        image.apps.merge(other.image.apps) { first, _ in first }
        image.instances.merge(other.image.instances) { first, _ in first }
        image.deployments.merge(other.image.deployments) { first, _ in first }
        image.drift.merge(other.image.drift) { first, _ in first }
        catalogue.merge(other.catalogue)
        leftovers += other.leftovers
        fatal += other.fatal
        harmless += other.harmless
        brokenSpecs.merge(other.brokenSpecs) { first, _ in first }
    }
}

extension Catalogue {
    /// Takes in what another part of the store gave; the journal is in one part only.
    mutating func merge(_ other: Catalogue) {
        hasFramework = hasFramework || other.hasFramework
        buckets.formUnion(other.buckets)
        specs.merge(other.specs) { first, _ in first }
        apps.formUnion(other.apps)
        instances.merge(other.instances) { first, _ in first }
        sources.formUnion(other.sources)
        deployments.formUnion(other.deployments)
        drift.formUnion(other.drift)
        if journal.segments.isEmpty { journal = other.journal }
    }
}
