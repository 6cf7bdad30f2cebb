/// What a person can do about a refusal, where Mesos's own words do not name the key of the configuration.
///
/// A framework keeps its user, its principal and its checkpointing for ever (Mesos 1.11,
/// `validation::framework::validateUpdate`). SUBSCRIBE ignores another user and refuses another principal,
/// UPDATE_FRAMEWORK refuses both.
enum RefusalAdvice {
    private static let table: [(words: String, advice: String)] = [
        (
            "FrameworkInfo.user",
            "put the old user back under framework.user, and name another one as `user` of the apps that need it"
        ),
        (
            "framework's principal",
            "put the old one back under framework.principal; what runs goes on until framework.failoverTimeout is over"
        ),
        (
            "FrameworkInfo.principal",
            "put the old one back under framework.principal"
        ),
    ]

    /// Mesos's message, with what to do where that is known.
    static func complete(_ message: String) -> String {
        guard let advice = table.first(where: { message.contains($0.words) })?.advice else { return message }
        let end = message.hasSuffix(".") ? message.dropLast() : message[...]
        return "\(end): \(advice)"
    }
}
