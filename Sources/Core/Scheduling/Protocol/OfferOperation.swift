/// One step of an ACCEPT (Mesos's `Offer.Operation`). Mesos carries the steps out in their order on what the offers hold, so
/// that what one of them makes can be used by the next: RESERVE, then CREATE, then LAUNCH is one call (mesos.md §3.3).
///
/// A step that Mesos refuses leaves no trace but a task's status: whether a reservation or a volume came about is seen
/// in the next offers of the agent.
package enum OfferOperation: Hashable, Sendable {
    /// Reserves resources. They are told as they shall be: with the new reservation as the last of their stack.
    case reserve([MesosResource])
    /// Makes persistent volumes on reserved disk. They are told as they shall be.
    case create([MesosResource])
    /// Deletes persistent volumes with all that is in them. They are told as they were offered.
    case destroy([MesosResource])
    /// Takes the last reservation off resources. They are told as they were offered, and hold no volume any more.
    case unreserve([MesosResource])
    /// Launches tasks, each with an executor of its own.
    case launch([TaskDescription])
    /// Launches all of the tasks, or none, under one executor: a pod.
    case launchGroup(ExecutorDescription, [TaskDescription])

    /// The tasks that it launches.
    package var launches: [TaskDescription] {
        switch self {
        case .launch(let tasks), .launchGroup(_, let tasks): tasks
        case .reserve, .create, .destroy, .unreserve: []
        }
    }
}

extension [OfferOperation] {
    /// The tasks that are launched, over all steps.
    package var launches: [TaskDescription] { flatMap(\.launches) }
}
