package import Domain
package import Planning
package import Rollout

/// What a person or a program asks of the running controller.
package enum ControlRequest: Sendable {
    /// Look at the sources now (all, or the named one) and apply what is new. With a plan's hash, a held plan with
    /// exactly that hash is let go.
    case sync(source: String?, confirm: Digest?)
    /// What would happen if this were the source's newest commit? Nothing is done.
    case preview(DesiredState)
    /// A person's order about rollouts.
    case rollout(RolloutOrder)
}

/// What a person orders about apps' rollouts.
package struct RolloutOrder: Hashable, Sendable {
    /// Which apps it is about.
    package enum Target: Hashable, Sendable {
        /// These.
        case apps([AppID])
        /// Every app whose rollout belongs to this deployment.
        case deployment(DeploymentID)

        /// The deployment that it is about, where it is about one.
        package var deployment: DeploymentID? {
            guard case .deployment(let id) = self else { return nil }
            return id
        }
    }

    /// Which apps.
    package var target: Target
    /// What is to be done.
    package var verb: RolloutVerb
    /// Who orders it.
    package var who: String
    /// Why; may be empty.
    package var why: String
    /// For how long, where the verb has a duration (`pause`, `rollback`, `suspend`, `scale`): in milliseconds, its default
    /// where absent.
    package var duration: Milliseconds?
    /// Where a rollback leads: a digest's or revision's first characters; the last healthy spec where absent.
    package var to: String?
    /// How many instances a `scale` is to.
    package var instances: Int?

    /// Whether it is about all apps of a deployment.
    package var isAboutDeployment: Bool { target.deployment != nil }

    /// An order.
    package init(
        _ verb: RolloutVerb,
        _ target: Target,
        who: String,
        why: String = "",
        duration: Milliseconds? = nil,
        to: String? = nil,
        instances: Int? = nil
    ) {
        self.target = target
        self.verb = verb
        self.who = who
        self.why = why
        self.duration = duration
        self.to = to
        self.instances = instances
    }
}

/// What became of a request.
package enum ControlReply: Sendable {
    /// A sync: what came of each source that was looked at.
    case synced([SyncOutcome])
    /// A preview.
    case plan(Plan)
    /// An order about rollouts: what came of it for each app, by id.
    case ordered([RolloutAnswer])
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
