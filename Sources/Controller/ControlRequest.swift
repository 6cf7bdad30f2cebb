package import Domain
package import Planning

/// What a person or a program asks of the running controller.
package enum ControlRequest: Sendable {
    /// Look at the sources now (all, or the named one) and apply what is new. With a plan's hash, a held plan with
    /// exactly that hash is let go.
    case sync(source: String?, confirm: Digest?)
    /// What would happen if this were the source's newest commit? Nothing is done.
    case preview(DesiredState)
}

/// What became of a request.
package enum ControlReply: Sendable {
    /// A sync: what came of each source that was looked at.
    case synced([SyncOutcome])
    /// A preview.
    case plan(Plan)
    /// It could not be done: what is wrong, and what to do.
    case refused(String)
}

/// What a sync did with one source.
package struct SyncOutcome: Hashable, Sendable {
    /// What it did.
    package enum Result: String, Hashable, Sendable {
        /// Everything was as git says.
        case unchanged
        /// A deployment was started.
        case applied
        /// A plan waits for a person.
        case held
        /// The source could not be read.
        case failed
    }

    /// The source.
    package var source: String
    /// What it did.
    package var result: Result
    /// The newest commit.
    package var revision: Revision?
    /// The deployment that was started.
    package var deployment: DeploymentID?
    /// The plan's hash.
    package var planHash: Digest?
    /// More about it, for a reader; empty where there is no more to say.
    package var message: String

    /// An outcome.
    package init(
        source: String,
        result: Result,
        revision: Revision?,
        deployment: DeploymentID? = nil,
        planHash: Digest? = nil,
        message: String = ""
    ) {
        self.source = source
        self.result = result
        self.revision = revision
        self.deployment = deployment
        self.planHash = planHash
        self.message = message
    }
}

/// The running controller as everybody outside the loop sees it.
package protocol ControllerHandle: Sendable {
    /// The newest snapshot.
    var snapshot: Snapshot { get }

    /// Hands a request to the loop and waits for the reply.
    func request(_ request: ControlRequest) async -> ControlReply
}
