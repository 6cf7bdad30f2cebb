/// One task of a pod's task group: a container of one incarnation.
package struct TaskMember: Hashable, Sendable, Codable {
    /// Its name in Mesos: the group's id, a dot, the container.
    package var id: TaskID
    /// The container's name.
    package var container: String
    /// What Mesos last said of it while it lived; never `scheduled`.
    package var condition: Condition
    /// Whether Mesos checks its health.
    package var isChecked: Bool
    /// What the check last said; `nil` before the first answer or without a check.
    package var healthy: Bool?
    /// The state in which it ended, as Mesos writes it: `TASK_FINISHED`; `nil` while it lives.
    package var endState: String?

    /// A member that is about to be launched.
    package init(id: TaskID, container: String, isChecked: Bool) {
        self.id = id
        self.container = container
        self.condition = .launching
        self.isChecked = isChecked
    }

    /// Whether it may still run somewhere.
    package var isLive: Bool { endState == nil }
}

/// The member's end that explains the end of its task group: the first failure, as far as there is one.
package struct GroupEnd: Hashable, Sendable, Codable {
    /// The member's end.
    package var end: TaskEnd
    /// Whether it speaks against the pod.
    package var isFailure: Bool

    /// An end.
    package init(end: TaskEnd, isFailure: Bool) {
        self.end = end
        self.isFailure = isFailure
    }
}

extension TaskRecord {
    /// The tasks that Mesos knows: a pod's members, or an app's one task.
    package var taskIDs: [TaskID] { members?.map(\.id) ?? [id] }

    /// Whether a name is this one's: a task group is told by its own name, or by that of a member.
    package func owns(_ task: TaskID) -> Bool { id == task || taskIDs.contains(task) }

    /// Those of ``taskIDs`` whose end is not known.
    package var liveTaskIDs: [TaskID] { members?.filter(\.isLive).map(\.id) ?? [id] }

    /// The check that fails, in words for a reader: with several containers it is said whose.
    package var failingCheck: String {
        let failing = members?.first { $0.healthy == false }
        return failing.map { "the health check of its container \($0.container)" } ?? "its health check"
    }
}
