/// What is done with accepted offers, one after the other (Mesos's `Offer.Operation`).
package enum OfferOperation: Hashable, Sendable {
    /// Each of the tasks gets an executor of its own.
    case launch([TaskDescription])
    /// All of the tasks, or none, run under one executor: a pod.
    case launchGroup(ExecutorDescription, [TaskDescription])

    /// The tasks that it launches.
    package var tasks: [TaskDescription] {
        switch self {
        case .launch(let tasks), .launchGroup(_, let tasks): tasks
        }
    }
}
