import Scheduling
import SwiftProtobuf

extension WireOffer.Operation {
    /// One step of an ACCEPT. It has no operation id: Mesos then says nothing of its outcome, which the next offers show.
    init(_ operation: OfferOperation) {
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
        }
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
            self = .launch(
                try operation.launch.taskInfos.map { task throws(WireError) in try TaskDescription(task) }
            )
        default: throw WireError("The operation \(operation.type) is none that Pacer sends.")
        }
    }
}
