package import Domain
import FoundationEssentials
package import Scheduling
import SwiftProtobuf

/// Makes calls of the v1 scheduler API into bytes.
package struct CallEncoder: Sendable {
    private let framework: FrameworkDescription

    /// An encoder for one framework's calls.
    package init(for framework: FrameworkDescription) { self.framework = framework }

    /// SUBSCRIBE, for the first time (no id) or again, with the roles and what is wanted for them.
    /// - Throws: never in practice; a message of more than 2 GiB cannot be made into bytes.
    package func subscribe(as id: FrameworkID?, _ wishes: RoleWishes) throws(WireError) -> [UInt8] {
        var call = WireCall()
        call.type = .subscribe
        // Both ids must be set and equal, or neither (Mesos 1.11, master validation of SUBSCRIBE).
        if let id { call.frameworkID = WireFrameworkID(id) }
        call.subscribe.frameworkInfo = WireFrameworkInfo(framework, id: id, roles: wishes.roles)
        call.subscribe.suppressedRoles = wishes.suppressed
        if !wishes.constraints.isEmpty { call.subscribe.offerConstraints = WireOfferConstraints(wishes.constraints) }
        return try call.bytes()
    }

    /// A call that may go out at any time.
    /// - Throws: as ``subscribe(as:_:)``.
    package func encode(_ call: FreeCall, of id: FrameworkID) throws(WireError) -> [UInt8] {
        guard case .updateFramework(let wishes) = call else { return try WireCall(call, of: id).bytes() }
        return try update(id, wishes).bytes()
    }

    /// Everything is said again: Mesos takes what is left out for changed, and refuses a change of who runs tasks or of
    /// the principal (Mesos 1.11, `validation::framework::validateUpdate`).
    private func update(_ id: FrameworkID, _ wishes: RoleWishes) -> WireCall {
        var call = WireCall()
        call.frameworkID = WireFrameworkID(id)
        call.type = .updateFramework
        call.updateFramework.frameworkInfo = WireFrameworkInfo(framework, id: id, roles: wishes.roles)
        call.updateFramework.suppressedRoles = wishes.suppressed
        if !wishes.constraints.isEmpty {
            call.updateFramework.offerConstraints = WireOfferConstraints(wishes.constraints)
        }
        return call
    }

    /// A call that had to wait for a commit.
    /// - Throws: as ``subscribe(as:_:)``.
    package func encode(_ call: GatedCall, of id: FrameworkID) throws(WireError) -> [UInt8] {
        try WireCall(call, of: id).bytes()
    }
}

extension WireCall {
    fileprivate init(_ call: FreeCall, of id: FrameworkID) {
        self.init()
        frameworkID = WireFrameworkID(id)
        switch call {
        case .decline(let offers, let refuse):
            type = .decline
            decline.offerIds = offers.map { WireOfferID($0) }
            decline.filters.refuseSeconds = refuse.inSeconds
        case .revive(let roles):
            type = .revive
            revive.roles = roles
        case .suppress(let roles):
            type = .suppress
            suppress.roles = roles
        case .updateFramework: preconditionFailure("an update of the framework is made where its description is known")
        case .reconcile(let questions):
            type = .reconcile
            // Present even when empty: an empty list asks for everything, an absent message is an error.
            reconcile = WireCall.Reconcile()
            reconcile.tasks = questions.map(WireCall.Reconcile.Task.init)
        case .acceptInverseOffers(let offers, let refuse):
            type = .acceptInverseOffers
            acceptInverseOffers.inverseOfferIds = offers.map { WireOfferID($0) }
            acceptInverseOffers.filters.refuseSeconds = refuse.inSeconds
        }
    }

    fileprivate init(_ call: GatedCall, of id: FrameworkID) {
        self.init()
        frameworkID = WireFrameworkID(id)
        switch call {
        case .accept(let offers, let operations, let refuse):
            type = .accept
            accept.offerIds = offers.map { WireOfferID($0) }
            accept.operations = operations.map { WireOffer.Operation($0, of: id) }
            accept.filters.refuseSeconds = refuse.inSeconds
        case .kill(let task, let agent):
            type = .kill
            kill.taskID = WireTaskID(task)
            if let agent { kill.agentID = WireAgentID(agent) }
        case .acknowledge(let task, let agent, let uuid):
            type = .acknowledge
            acknowledge.taskID = WireTaskID(task)
            acknowledge.agentID = WireAgentID(agent)
            acknowledge.uuid = Data(uuid)
        }
    }

    fileprivate func bytes() throws(WireError) -> [UInt8] {
        do { return try serializedBytes() } catch { throw WireError("The call \(type) cannot be encoded: \(error).") }
    }
}

extension WireCall.Reconcile.Task {
    init(_ question: TaskQuestion) {
        self.init()
        taskID = WireTaskID(question.task)
        if let agent = question.agent { agentID = WireAgentID(agent) }
    }
}
