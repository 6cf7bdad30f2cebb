import Domain
import Manifests
import Rollout

/// The body of `POST /api/v1/rollouts`: a person's order. Its keys are closed: a misspelt `for` must not become a pin of
/// another length.
package struct OrderRequest: Hashable, Sendable, Codable {
    /// `pause`, `resume`, `abort`, `rollback`, `retry`, `restart`, `promote`, `suspend` or `scale`.
    package var verb: String
    /// The apps that it is about.
    package var apps: [String]?
    /// The deployment whose apps it is about, instead.
    package var deployment: String?
    /// Who orders it.
    package var who: String
    /// Why.
    package var reason: String?
    /// For how long a pause, a rollback's pin, a suspension or another number of instances lasts: `2h`.
    package var duration: String?
    /// Where a rollback leads: the first characters of a digest or a revision.
    package var to: String?
    /// How many instances a `scale` is to.
    package var instances: Int?

    enum CodingKeys: String, CodingKey, CaseIterable {
        case verb, apps, deployment, who, reason, to, instances
        case duration = "for"
    }

    /// A request.
    package init(
        verb: String,
        apps: [String]? = nil,
        deployment: String? = nil,
        who: String,
        reason: String? = nil,
        duration: String? = nil,
        to: String? = nil,
        instances: Int? = nil
    ) {
        self.verb = verb
        self.apps = apps
        self.deployment = deployment
        self.who = who
        self.reason = reason
        self.duration = duration
        self.to = to
        self.instances = instances
    }

    /// Reads a request.
    /// - Throws: `DecodingError` where a key is missing, has the wrong type or is not known.
    package init(from decoder: any Decoder) throws {
        try ClosedKeys.check(decoder, against: CodingKeys.self)
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.verb = try container.decode(String.self, forKey: .verb)
        self.apps = try container.decodeIfPresent([String].self, forKey: .apps)
        self.deployment = try container.decodeIfPresent(String.self, forKey: .deployment)
        self.who = try container.decode(String.self, forKey: .who)
        self.reason = try container.decodeIfPresent(String.self, forKey: .reason)
        self.duration = try container.decodeIfPresent(String.self, forKey: .duration)
        self.to = try container.decodeIfPresent(String.self, forKey: .to)
        self.instances = try container.decodeIfPresent(Int.self, forKey: .instances)
    }
}

extension RolloutVerb {
    /// Whether what it brings ends by itself: a pause, a rollback's pin, a suspension, another number of instances.
    package var hasDuration: Bool { [.pause, .rollback, .suspend, .scale].contains(self) }
}
