/// Why a command cannot do what it was asked: one line that says what happened and what to do.
struct Failure: Error, Hashable, CustomStringConvertible {
    var message: String
    var hint: String?
    /// Whether the same may succeed in a moment: nobody answers, or nobody leads.
    var isPassing: Bool

    init(_ message: String, hint: String? = nil, isPassing: Bool = false) {
        self.message = message
        self.hint = hint
        self.isPassing = isPassing
    }

    var description: String {
        guard let hint, !hint.isEmpty else { return message }
        return "\(message); \(hint)"
    }
}
