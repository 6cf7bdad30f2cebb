/// Mesos's default executor as it is asked for with a task group (ExecutorInfo of the type DEFAULT). The framework's id,
/// which Mesos wants in it, is added where the call is made into bytes.
package struct ExecutorDescription: Hashable, Sendable {
    /// Its id, unique on its agent.
    package var id: String
    /// What it uses for itself, and the ports of all its tasks; cut out of the offers.
    package var resources: [MesosResource]
    /// Its labels.
    package var labels: [Label]
    /// What it and all its tasks run in; `nil` where nothing needs to be said.
    package var container: ContainerDescription?

    /// An executor.
    package init(
        id: String,
        resources: [MesosResource],
        labels: [Label],
        container: ContainerDescription? = nil
    ) {
        self.id = id
        self.resources = resources
        self.labels = labels
        self.container = container
    }
}
