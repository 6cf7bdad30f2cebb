import Domain

extension SimulatedStore {
    /// What an app is led to, with the number of instances that is in force.
    func inForce(_ record: AppRecord?) -> AppSpec? {
        guard let record, let spec = spec(record.desired) else { return nil }
        return record.inForce(spec).app
    }
}

extension World {
    /// What has ended by itself, as it is counted.
    static func expired(_ what: String) -> String {
        let known = ["pin", "pause", "scale override", "suspension"]
        return "\(known.first { what.hasPrefix("the \($0)") } ?? what) expired"
    }
}
