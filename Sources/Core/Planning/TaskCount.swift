import Domain

extension Change.Tasks {
    /// The tasks that a change starts, stops and keeps, from the instances whose goal is to run. Those of the same
    /// restart digest are kept, as far as they are wanted.
    static func counting(_ instances: [Instance], toReach desired: Spec?, specs: (Digest) -> Spec?) -> Change.Tasks {
        let wanted = instances.filter { $0.goal == .running }
        guard let desired else { return Change.Tasks(start: 0, stop: wanted.count, keep: 0) }
        let same = wanted.count { instance in
            instance.digest == desired.digest
                || specs(instance.digest)?.restartDigest == desired.restartDigest
        }
        let keep = min(same, desired.app.instances)
        return Change.Tasks(start: desired.app.instances - keep, stop: wanted.count - keep, keep: keep)
    }
}
