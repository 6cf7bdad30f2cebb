/// Why a command cannot do what it was asked: one line that says what happened and what to do.
struct Failure: Error, Hashable, CustomStringConvertible {
    var message: String
    var hint: String?

    init(_ message: String, hint: String? = nil) {
        self.message = message
        self.hint = hint
    }

    var description: String {
        guard let hint, !hint.isEmpty else { return message }
        return "\(message); \(hint)"
    }
}
