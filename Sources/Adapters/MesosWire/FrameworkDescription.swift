package import Domain
import SwiftProtobuf

/// What Mesos is told of Pacer when it subscribes (FrameworkInfo), but for the roles, which change as apps come and go
/// (`RoleWishes`).
package struct FrameworkDescription: Hashable, Sendable {
    /// The framework's name, for people and for Mesos-DNS.
    package var name: String
    /// As whom tasks run that do not say.
    package var user: String
    /// As whom it authenticates. Can never change for one framework id.
    package var principal: String?
    /// How long its tasks live on without it, ms. Mesos kills them all and refuses the framework id after that.
    package var failoverTimeout: Milliseconds
    /// The host of this process, for the master's page.
    package var hostname: String?
    /// The address of Pacer's own pages, for the master's page.
    package var webUI: String?

    /// A framework.
    package init(
        name: String,
        user: String,
        principal: String? = nil,
        failoverTimeout: Milliseconds,
        hostname: String? = nil,
        webUI: String? = nil
    ) {
        self.name = name
        self.user = user
        self.principal = principal
        self.failoverTimeout = failoverTimeout
        self.hostname = hostname
        self.webUI = webUI
    }

    /// What Pacer understands. Partition-aware: a task of a lost agent is UNREACHABLE, not LOST. Multi-role and
    /// reservation refinement: one form of resources everywhere (Mesos 1.11, 1.10 of the protocol's description). GPUs:
    /// without it there is no offer at all of an agent that has some; the scheduler keeps other tasks off them. Regions:
    /// without it there is none of an agent outside of the masters' region; the scheduler keeps apps at home that do not
    /// say otherwise.
    static let capabilities: [WireFrameworkInfo.Capability.TypeEnum] = [
        .partitionAware, .taskKillingState, .multiRole, .reservationRefinement, .gpuResources, .regionAware,
    ]
}

extension WireFrameworkInfo {
    init(_ framework: FrameworkDescription, id: FrameworkID?, roles: [String]) {
        self.init()
        self.roles = roles
        name = framework.name
        user = framework.user
        if let principal = framework.principal { self.principal = principal }
        failoverTimeout = framework.failoverTimeout.inSeconds
        checkpoint = true
        if let hostname = framework.hostname { self.hostname = hostname }
        if let page = framework.webUI { webuiURL = page }
        capabilities = FrameworkDescription.capabilities.map { kind in .with { $0.type = kind } }
        if let id { self.id = WireFrameworkID(id) }
    }
}

extension FrameworkDescription {
    init(_ info: WireFrameworkInfo) {
        self.init(
            name: info.name,
            user: info.user,
            principal: info.hasPrincipal ? info.principal : nil,
            failoverTimeout: Milliseconds(inSeconds: info.failoverTimeout),
            hostname: info.hasHostname ? info.hostname : nil,
            webUI: info.hasWebuiURL ? info.webuiURL : nil
        )
    }
}
