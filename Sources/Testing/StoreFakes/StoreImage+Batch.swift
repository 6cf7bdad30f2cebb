package import Boundary
package import Domain

extension StoreImage {
    /// What a store holds after a batch: the meaning of a batch, in one place.
    package mutating func apply(_ batch: WriteBatch) {
        for (key, value) in batch.writes { apply(key, value) }
    }

    private mutating func apply(_ key: StoreKey, _ value: StoreValue?) {
        switch (key, value) {
        case (.framework, .framework(let id)): framework = id
        case (.framework, nil): framework = nil
        case (.spec(let digest), .spec(let spec)): specs[digest] = spec
        case (.spec(let digest), nil): specs[digest] = nil
        case (.app(let id), .app(let record)): apps[id] = record
        case (.app(let id), nil): apps[id] = nil
        case (.instances(let app, let chunk), .instances(let instances)): replace(chunk, of: app, with: instances)
        case (.instances(let app, let chunk), nil): replace(chunk, of: app, with: [])
        case (.source(let name), .source(let record)): sources[name] = record
        case (.source(let name), nil): sources[name] = nil
        case (.deployment(let id), .deployment(let record)): deployments[id] = record
        case (.deployment(let id), nil): deployments[id] = nil
        case (.drift(let number), .drift(let episodes)): drift[number] = episodes
        case (.drift(let number), nil): drift[number] = nil
        case (let key, let value?): preconditionFailure("a value of another kind was put at \(key): \(value)")
        }
    }

    private mutating func replace(_ chunk: Int, of app: AppID, with records: [Instance]) {
        let first = chunk * StoreKey.chunkSize
        for number in first..<(first + StoreKey.chunkSize) { instances[InstanceID(app: app, number: number)] = nil }
        for record in records { instances[record.id] = record }
    }
}
