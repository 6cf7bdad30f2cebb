package import Boundary
import Domain

/// Turns a batch into writes of znodes, in an order in which a crash between two transactions does no harm:
///
/// 1. the framework's id, and the headers that apps' records name;
/// 2. app after app: its new specs, its record, its instances, then removals of instances, then the removal of its
///    record. A record comes before the instances that it counts (a number that was given to nobody is harmless, a
///    number given twice is not), and goes after them (an app that is being removed and has none left is simply
///    removed). The writes of one app are one group, which stays in one transaction wherever it fits;
/// 3. what says that the above is done: sources (a commit counts as applied only when its apps are), the drift ledger,
///    removals of headers, the journal;
/// 4. removals of specs, which nothing names any more.
struct BatchEncoder {
    let layout: Layout
    let epoch: Int64
    var limits = StoreLimits()
    let codec = RecordCodec()

    /// The writes of a batch, in groups that belong together; none for an empty batch.
    /// - Throws: `StoreError.tooLarge`; the catalogue is of no use then.
    func encode(_ batch: WriteBatch, _ catalogue: inout Catalogue) throws -> [[ZNodeWrite]] {
        let steps = batch.writes.map { Step($0.key, $0.value) }.sorted { $0.rank < $1.rank }
        var groups: [[ZNodeWrite]] = []
        var journalled = batch.journal.isEmpty
        var app: AppID?
        for step in steps {
            if !journalled && step.rank.stage > .headersGone {
                groups += try journal(of: batch, &catalogue)
                journalled = true
            }
            let writes = try write(step, &catalogue)
            guard !writes.isEmpty else { continue }
            if let app, app == step.rank.app {
                groups[groups.count - 1] += writes
            } else {
                groups.append(writes)
            }
            app = step.rank.app
        }
        if !journalled { groups += try journal(of: batch, &catalogue) }
        return groups
    }

    private func write(_ step: Step, _ catalogue: inout Catalogue) throws -> [ZNodeWrite] {
        switch (step.key, step.value) {
        case (.framework, .framework(let id)):
            return [try put(layout.framework, id, isNew: !catalogue.hasFramework.becomes(true))]
        case (.framework, nil):
            return catalogue.hasFramework.becomes(false) ? [ZNodeWrite(layout.framework, .delete)] : []
        case (.spec(let digest), .spec(let spec)):
            return try put(digest, spec, &catalogue)
        case (.spec(let digest), nil):
            return remove(digest, &catalogue)
        case (.app(let id), .app(let record)):
            let parent = bucket(layout.bucket(of: id), &catalogue)
            return parent + [try put(layout.app(id), record, isNew: catalogue.apps.insert(id).inserted)]
        case (.app(let id), nil):
            return catalogue.apps.remove(id) == nil ? [] : [ZNodeWrite(layout.app(id), .delete)]
        case (.instances(let app, let chunk), .instances(let instances)) where !instances.isEmpty:
            return try put(instances, app, chunk, &catalogue)
        case (.instances(let app, let chunk), nil), (.instances(let app, let chunk), .instances):
            return remove(chunk, of: app, &catalogue)
        case (.source(let name), .source(let record)):
            return [try put(layout.source(name), record, isNew: catalogue.sources.insert(name).inserted)]
        case (.source(let name), nil):
            return catalogue.sources.remove(name) == nil ? [] : [ZNodeWrite(layout.source(name), .delete)]
        case (.deployment(let id), .deployment(let record)):
            return [try put(layout.deployment(id), record, isNew: catalogue.deployments.insert(id).inserted)]
        case (.deployment(let id), nil):
            return catalogue.deployments.remove(id) == nil ? [] : [ZNodeWrite(layout.deployment(id), .delete)]
        case (.drift(let number), .drift(let episodes)):
            return [try put(layout.drift(number), episodes, isNew: catalogue.drift.insert(number).inserted)]
        case (.drift(let number), nil):
            return catalogue.drift.remove(number) == nil ? [] : [ZNodeWrite(layout.drift(number), .delete)]
        case (let key, let value?):
            preconditionFailure("a value of another kind was put at \(key): \(value)")
        }
    }

    private func put(_ path: String, _ record: some Encodable, isNew: Bool) throws -> ZNodeWrite {
        let bytes = try codec.encode(record)
        guard bytes.count <= limits.value else {
            throw StoreError.tooLarge(path: path, bytes: bytes.count, limit: limits.value)
        }
        return ZNodeWrite(path, isNew ? .create(bytes) : .set(bytes))
    }

    private func bucket(_ path: String, _ catalogue: inout Catalogue) -> [ZNodeWrite] {
        catalogue.buckets.insert(path).inserted ? [ZNodeWrite(path, .create([]))] : []
    }
}

// MARK: - Instances

extension BatchEncoder {
    private func put(
        _ instances: [Instance],
        _ app: AppID,
        _ chunk: Int,
        _ catalogue: inout Catalogue
    ) throws -> [ZNodeWrite] {
        var writes = bucket(layout.instancesBucket(of: app), &catalogue)
        if catalogue.instances[app] == nil { writes.append(ZNodeWrite(layout.instances(of: app), .create([]))) }
        let isNew = catalogue.instances[app, default: []].insert(chunk).inserted
        writes.append(try put(layout.instances(of: app, chunk: chunk), instances, isNew: isNew))
        return writes
    }

    private func remove(_ chunk: Int, of app: AppID, _ catalogue: inout Catalogue) -> [ZNodeWrite] {
        guard catalogue.instances[app]?.remove(chunk) != nil else { return [] }
        var writes = [ZNodeWrite(layout.instances(of: app, chunk: chunk), .delete)]
        if catalogue.instances[app]?.isEmpty == true {
            catalogue.instances[app] = nil
            writes.append(ZNodeWrite(layout.instances(of: app), .delete))
        }
        return writes
    }
}

// MARK: - Specs

extension BatchEncoder {
    /// A spec never changes: one that is there is not written again.
    private func put(_ digest: Digest, _ spec: Spec, _ catalogue: inout Catalogue) throws -> [ZNodeWrite] {
        precondition(spec.digest == digest, "the spec \(spec.digest) was put at \(digest)")
        guard catalogue.specs[digest] == nil else { return [] }
        let bytes = try codec.encode(spec.app)
        guard bytes.count <= limits.spec else {
            throw StoreError.tooLarge(path: layout.spec(digest), bytes: bytes.count, limit: limits.spec)
        }
        let parent = bucket(layout.bucket(of: digest), &catalogue)
        guard bytes.count > limits.specChunk else {
            catalogue.specs[digest] = 0
            return parent + [ZNodeWrite(layout.spec(digest), .create(bytes))]
        }
        let chunks = SpecChunks.cut(bytes, limits.specChunk)
        catalogue.specs[digest] = chunks.count
        let parts = chunks.enumerated().map { ZNodeWrite(layout.chunk($0.offset, of: digest), .create($0.element)) }
        // The header comes last: a spec whose header is there is whole.
        return parent + parts + [ZNodeWrite(layout.spec(digest), .create(SpecChunks.header(chunks.count)))]
    }

    private func remove(_ digest: Digest, _ catalogue: inout Catalogue) -> [ZNodeWrite] {
        guard let chunks = catalogue.specs.removeValue(forKey: digest) else { return [] }
        let parts = (0..<chunks).map { ZNodeWrite(layout.chunk($0, of: digest), .delete) }
        return [ZNodeWrite(layout.spec(digest), .delete)] + parts
    }
}

/// The form of a spec that does not fit into one znode: chunks, and `1c<number of chunks>` where it would stand.
enum SpecChunks {
    private static let mark = Array("1c".utf8)

    static func cut(_ bytes: [UInt8], _ length: Int) -> [[UInt8]] {
        stride(from: 0, to: bytes.count, by: length).map { Array(bytes[$0..<min($0 + length, bytes.count)]) }
    }

    static func header(_ count: Int) -> [UInt8] { mark + Array(String(count).utf8) }

    /// The spec that a znode is a chunk of, by its name; `nil` where it is no chunk's.
    static func owner(of name: String) -> Digest? {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, Int(parts[1]) != nil else { return nil }
        return Digest(hex: String(parts[0]))
    }

    /// How many chunks a header announces; `nil` where the value is no header.
    static func count(in bytes: [UInt8]) -> Int? {
        guard bytes.starts(with: mark) else { return nil }
        return Int(String(decoding: bytes.dropFirst(mark.count), as: UTF8.self))
    }
}

// MARK: - The journal

/// The events of one commit, or of a part of one with very many.
package struct JournalSegment: Hashable, Sendable, Codable {
    /// The term that wrote it.
    package var epoch: Int64
    /// The commit's batch.
    package var batch: Int
    /// The events, in order.
    package var entries: [JournalEntry]
}

extension BatchEncoder {
    private func journal(of batch: WriteBatch, _ catalogue: inout Catalogue) throws -> [[ZNodeWrite]] {
        var groups: [[ZNodeWrite]] = []
        var open = [batch.journal[...]]
        while let entries = open.popLast() {
            let number = catalogue.journal.next
            let segment = JournalSegment(epoch: epoch, batch: batch.number, entries: Array(entries))
            let bytes = try codec.encode(segment)
            if bytes.count > limits.journalSegment && entries.count > 1 {
                let middle = entries.startIndex + entries.count / 2
                open += [entries[middle...], entries[..<middle]]
                continue
            }
            guard bytes.count <= limits.value else {
                throw StoreError.tooLarge(path: layout.journal(number), bytes: bytes.count, limit: limits.value)
            }
            catalogue.journal.append(.init(number: number, bytes: bytes.count))
            let dropped = catalogue.journal.trim(to: limits)
            groups.append(
                [ZNodeWrite(layout.journal(number), .create(bytes))]
                    + dropped.map { ZNodeWrite(layout.journal($0.number), .delete) }
            )
        }
        return groups
    }
}

// MARK: - The order

/// One write of a batch, with its place in the order.
private struct Step {
    let key: StoreKey
    let value: StoreValue?
    let rank: Rank

    init(_ key: StoreKey, _ value: StoreValue?) {
        self.key = key
        self.value = value
        self.rank = Rank(key, value)
    }
}

/// Where a write stands in the order: its stage; within the apps its app and what of it; then its key.
private struct Rank: Comparable {
    enum Stage: Int, Comparable {
        case framework, headers, apps, sources, drift, headersGone, specsGone
        static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
    }

    let stage: Stage
    /// The app whose group the write belongs to.
    let app: AppID?
    private let part: Int
    private let key: StoreKey

    init(_ key: StoreKey, _ value: StoreValue?) {
        self.key = key
        switch (key, value) {
        case (.framework, _): (stage, app, part) = (.framework, nil, 0)
        case (.deployment, .some): (stage, app, part) = (.headers, nil, 0)
        case (.deployment, nil): (stage, app, part) = (.headersGone, nil, 0)
        case (.spec, .spec(let spec)): (stage, app, part) = (.apps, spec.id, 0)
        case (.spec, _): (stage, app, part) = (.specsGone, nil, 0)
        case (.app(let id), .some): (stage, app, part) = (.apps, id, 1)
        case (.instances(let id, _), .some): (stage, app, part) = (.apps, id, 2)
        case (.instances(let id, _), nil): (stage, app, part) = (.apps, id, 3)
        case (.app(let id), nil): (stage, app, part) = (.apps, id, 4)
        case (.source, _): (stage, app, part) = (.sources, nil, 0)
        case (.drift, _): (stage, app, part) = (.drift, nil, 0)
        }
    }

    static func < (left: Rank, right: Rank) -> Bool {
        if left.stage != right.stage { return left.stage < right.stage }
        if let here = left.app, let there = right.app, here != there { return here < there }
        return left.part == right.part ? left.key < right.key : left.part < right.part
    }
}

extension Bool {
    /// Takes a new value and returns the old one.
    fileprivate mutating func becomes(_ value: Bool) -> Bool {
        defer { self = value }
        return self
    }
}
