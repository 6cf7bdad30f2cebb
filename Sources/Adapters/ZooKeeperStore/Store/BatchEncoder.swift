package import Boundary
import Domain

/// Turns a batch into writes of znodes, in the order of ``WriteBatch/groups``.
struct BatchEncoder {
    let layout: Layout
    let epoch: Int64
    var limits = StoreLimits()
    let codec = RecordCodec()

    /// The writes of a batch, in groups that belong together; none for an empty batch.
    /// - Throws: `StoreError.tooLarge`; the catalogue is of no use then.
    func encode(_ batch: WriteBatch, _ catalogue: inout Catalogue) throws -> [[ZNodeWrite]] {
        var groups: [[ZNodeWrite]] = []
        for group in batch.groups {
            var writes: [ZNodeWrite] = []
            for step in group {
                switch step {
                case .write(let key, let value): writes += try write(value, at: key, &catalogue)
                case .journal: groups += try journal(of: batch, &catalogue)
                }
            }
            if !writes.isEmpty { groups.append(writes) }
        }
        return groups
    }

    private func write(_ value: StoreValue?, at key: StoreKey, _ catalogue: inout Catalogue) throws -> [ZNodeWrite] {
        switch (key, value) {
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

extension Bool {
    /// Takes a new value and returns the old one.
    fileprivate mutating func becomes(_ value: Bool) -> Bool {
        defer { self = value }
        return self
    }
}
