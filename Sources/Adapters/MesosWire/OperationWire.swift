import Domain
import Scheduling
import SwiftProtobuf

extension WireOffer.Operation {
    /// One step of an ACCEPT. It has no operation id: Mesos then says nothing of its outcome, which the next offers show. Mesos
    /// wants the framework's id in the executor of a task group, though the call has it.
    init(_ operation: OfferOperation, of framework: FrameworkID) {
        self.init()
        switch operation {
        case .reserve(let resources):
            type = .reserve
            reserve.resources = resources.map(WireResource.init)
        case .create(let volumes):
            type = .create
            create.volumes = volumes.map(WireResource.init)
        case .destroy(let volumes):
            type = .destroy
            destroy.volumes = volumes.map(WireResource.init)
        case .unreserve(let resources):
            type = .unreserve
            unreserve.resources = resources.map(WireResource.init)
        case .launch(let tasks):
            type = .launch
            launch.taskInfos = tasks.map(WireTaskInfo.init)
        case .launchGroup(let executor, let tasks):
            type = .launchGroup
            launchGroup.executor = WireExecutorInfo(executor, of: framework)
            launchGroup.taskGroup.tasks = tasks.map(WireTaskInfo.init)
        }
    }
}

extension WireExecutorInfo {
    fileprivate init(_ executor: ExecutorDescription, of framework: FrameworkID) {
        self.init()
        type = .default
        executorID.value = executor.id
        frameworkID = WireFrameworkID(framework)
        resources = executor.resources.map(WireResource.init)
        if !executor.labels.isEmpty { labels = WireLabels(executor.labels) }
        if let description = executor.container { container = WireContainerInfo(description) }
    }
}

extension OfferOperation {
    /// A step as a master reads it out of an ACCEPT.
    init(_ operation: WireOffer.Operation) throws(WireError) {
        switch operation.type {
        case .reserve: self = .reserve(operation.reserve.resources.compactMap(MesosResource.init))
        case .create: self = .create(operation.create.volumes.compactMap(MesosResource.init))
        case .destroy: self = .destroy(operation.destroy.volumes.compactMap(MesosResource.init))
        case .unreserve: self = .unreserve(operation.unreserve.resources.compactMap(MesosResource.init))
        case .launch:
            self = .launch(try operation.launch.taskInfos.map { task throws(WireError) in try TaskDescription(task) })
        case .launchGroup:
            let group = operation.launchGroup
            self = .launchGroup(
                try ExecutorDescription(
                    try required(group.executor, group.hasExecutor, "executor", in: "LAUNCH_GROUP")
                ),
                try group.taskGroup.tasks.map { task throws(WireError) in try TaskDescription(task) }
            )
        default: throw WireError("Pacer sends no operation \(operation.type).")
        }
    }
}

extension ExecutorDescription {
    fileprivate init(_ executor: WireExecutorInfo) throws(WireError) {
        guard executor.type == .default else {
            throw WireError("The executor of a task group must be of the type DEFAULT, this is \(executor.type).")
        }
        _ = try required(executor.frameworkID, executor.hasFrameworkID, "framework id", in: "ExecutorInfo")
        self.init(
            id: try required(executor.executorID.value, executor.hasExecutorID, "executor id", in: "ExecutorInfo"),
            resources: executor.resources.compactMap(MesosResource.init),
            labels: executor.labels.labels.map(Label.init),
            container: executor.hasContainer ? ContainerDescription(executor.container) : nil
        )
    }
}
