import Boundary
import Domain

// How each kind of record is read. A part returns what it found; it throws only what ZooKeeper says.

extension StoreReader {
    private typealias Damage = StoreError.Damage

    // MARK: Apps

    func readApps(_ buckets: [String]) async throws -> Reading {
        var reading = Reading()
        let codec = RecordCodec()
        reading.catalogue.buckets = Set(buckets)
        for (path, name, value) in try await children(of: buckets) {
            do throws(RecordCodec.Unreadable) {
                let record = try codec.decode(AppRecord.self, from: value)
                guard layout.app(record.id) == path else {
                    throw RecordCodec.Unreadable("it holds the record of \(record.id) instead of \(name)")
                }
                reading.image.apps[record.id] = record
                reading.catalogue.apps.insert(record.id)
            } catch {
                reading.fatal.append(Damage(path, error.reason))
            }
        }
        return reading
    }

    // MARK: Instances

    func readInstances(_ buckets: [String]) async throws -> Reading {
        var reading = Reading()
        let codec = RecordCodec()
        reading.catalogue.buckets = Set(buckets)
        var parents: [(path: String, app: AppID)] = []
        for (bucket, names) in zip(buckets, try await session.lists(of: buckets, window: Self.window)) {
            for name in names ?? [] {
                guard let app = ZNodeName.app(name), layout.instances(of: app) == "\(bucket)/\(name)" else {
                    reading.fatal.append(Damage("\(bucket)/\(name)", "its name is not that of an app of this bucket"))
                    continue
                }
                parents.append(("\(bucket)/\(name)", app))
            }
        }
        var places: [(path: String, app: AppID, name: String)] = []
        let lists = try await session.lists(of: parents.map(\.path), window: Self.window)
        for (parent, names) in zip(parents, lists) {
            guard let names, !names.isEmpty else {
                reading.leftovers.append(parent.path)
                continue
            }
            places += names.map { ("\(parent.path)/\($0)", parent.app, $0) }
        }
        let values = try await session.values(of: places.map(\.path), window: Self.window)
        for (place, value) in zip(places, values) {
            do throws(RecordCodec.Unreadable) {
                guard let value else { throw RecordCodec.Unreadable("it vanished while it was read") }
                try take(codec.decode([Instance].self, from: value), place.app, place.name, &reading)
            } catch {
                reading.fatal.append(Damage(place.path, error.reason))
            }
        }
        return reading
    }

    private func take(
        _ instances: [Instance],
        _ app: AppID,
        _ name: String,
        _ reading: inout Reading
    ) throws(RecordCodec.Unreadable) {
        guard let chunk = Int(name), String(chunk) == name else {
            throw RecordCodec.Unreadable("its name is no number")
        }
        for instance in instances {
            guard instance.id.app == app, StoreKey.chunk(of: instance.id) == .instances(app, chunk: chunk) else {
                throw RecordCodec.Unreadable("it holds \(instance.id), which belongs elsewhere")
            }
        }
        for instance in instances { reading.image.instances[instance.id] = instance }
        reading.catalogue.instances[app, default: []].insert(chunk)
    }

    // MARK: Specs

    func readSpecs(_ buckets: [String]) async throws -> Reading {
        var reading = Reading()
        let codec = RecordCodec()
        reading.catalogue.buckets = Set(buckets)
        var pieces: [String: [UInt8]] = [:]
        var headers: [(digest: Digest, path: String, count: Int)] = []
        for (path, name, value) in try await children(of: buckets) {
            if let owner = SpecChunks.owner(of: name), path.hasPrefix(layout.spec(owner)) {
                pieces[path] = value
                continue
            }
            guard let digest = Digest(hex: name), layout.spec(digest) == path else {
                reading.harmless.append(Damage(path, "its name is not that of a spec of this bucket"))
                continue
            }
            if let count = SpecChunks.count(in: value) {
                headers.append((digest, path, count))
                continue
            }
            reading.catalogue.specs[digest] = 0
            take(value, digest, path, codec, &reading)
        }
        for header in headers {
            let places = (0..<header.count).map { layout.chunk($0, of: header.digest) }
            let chunks = places.compactMap { pieces.removeValue(forKey: $0) }
            reading.catalogue.specs[header.digest] = chunks.count
            guard chunks.count == header.count else {
                reading.brokenSpecs[header.digest] = Damage(
                    header.path,
                    "it has \(chunks.count) of its \(header.count) chunks"
                )
                continue
            }
            take(Array(chunks.joined()), header.digest, header.path, codec, &reading)
        }
        // Chunks come before their header, so these belong to specs whose writing was broken off.
        reading.leftovers += pieces.keys.sorted()
        return reading
    }

    private func take(
        _ bytes: [UInt8],
        _ digest: Digest,
        _ path: String,
        _ codec: RecordCodec,
        _ reading: inout Reading
    ) {
        do throws(RecordCodec.Unreadable) {
            let spec = Spec(try codec.decode(AppSpec.self, from: bytes), sha256: sha256)
            guard spec.digest == digest else {
                throw RecordCodec.Unreadable("its content has the digest \(spec.digest.short), not that of its name")
            }
            reading.image.specs[digest] = spec
        } catch {
            reading.brokenSpecs[digest] = Damage(path, error.reason)
        }
    }

    // MARK: The rest

    func readSingles() async throws -> Reading {
        var reading = Reading()
        let codec = RecordCodec()
        if let value = try await session.values(of: [layout.framework], window: 1).first.flatMap(\.self) {
            reading.catalogue.hasFramework = true
            do throws(RecordCodec.Unreadable) {
                reading.image.framework = try codec.decode(FrameworkID.self, from: value)
            } catch {
                reading.fatal.append(Damage(layout.framework, error.reason))
            }
        }
        try await readSources(codec, &reading)
        try await readDeployments(codec, &reading)
        try await readDrift(codec, &reading)
        try await readJournalIndex(&reading)
        return reading
    }

    private func readSources(_ codec: RecordCodec, _ reading: inout Reading) async throws {
        for (path, _, value) in try await children(of: [layout.sources]) {
            do throws(RecordCodec.Unreadable) {
                let record = try codec.decode(SourceRecord.self, from: value)
                guard layout.source(record.name) == path else {
                    throw RecordCodec.Unreadable("it holds the source \(record.name)")
                }
                reading.image.sources[record.name] = record
                reading.catalogue.sources.insert(record.name)
            } catch {
                reading.fatal.append(Damage(path, error.reason))
            }
        }
    }

    private func readDeployments(_ codec: RecordCodec, _ reading: inout Reading) async throws {
        for (path, name, value) in try await children(of: [layout.deployments]) {
            // Known even where it cannot be read, so that it can be written and removed.
            if let id = ZNodeName.unescape(name) { reading.catalogue.deployments.insert(DeploymentID(id)) }
            do throws(RecordCodec.Unreadable) {
                let record = try codec.decode(DeploymentRecord.self, from: value)
                guard layout.deployment(record.id) == path else {
                    throw RecordCodec.Unreadable("it holds the deployment \(record.id)")
                }
                reading.image.deployments[record.id] = record
            } catch {
                reading.harmless.append(Damage(path, error.reason))
            }
        }
    }

    private func readDrift(_ codec: RecordCodec, _ reading: inout Reading) async throws {
        for (path, name, value) in try await children(of: [layout.drift]) {
            do throws(RecordCodec.Unreadable) {
                guard let number = Int(name), layout.drift(number) == path else {
                    throw RecordCodec.Unreadable("its name is no number")
                }
                reading.catalogue.drift.insert(number)
                reading.image.drift[number] = try codec.decode([DriftEpisode].self, from: value)
            } catch {
                reading.harmless.append(Damage(path, error.reason))
            }
        }
    }

    private func readJournalIndex(_ reading: inout Reading) async throws {
        var segments: [JournalIndex.Segment] = []
        for (path, name, value) in try await children(of: [layout.journal]) {
            guard let number = Int(name), number > 0, layout.journal(number) == path else {
                reading.harmless.append(Damage(path, "its name is no number of a segment"))
                continue
            }
            segments.append(.init(number: number, bytes: value.count))
        }
        for segment in segments.sorted(by: { $0.number < $1.number }) { reading.catalogue.journal.append(segment) }
    }

    /// Every child of some znodes, with its value. One that goes in between is left out: only leftovers do.
    private func children(
        of parents: [String]
    ) async throws -> [(path: String, name: String, value: [UInt8])] {
        let lists = try await session.lists(of: parents, window: Self.window)
        let places = zip(parents, lists).flatMap { parent, names in
            (names ?? []).map { (path: "\(parent)/\($0)", name: $0) }
        }
        let values = try await session.values(of: places.map(\.path), window: Self.window)
        return zip(places, values).compactMap { place, value in value.map { (place.path, place.name, $0) } }
    }
}
