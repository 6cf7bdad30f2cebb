/// The line that lets a held plan go.
enum LetGo {
    /// - Returns: `nil` where the reason itself says the command.
    static func line(_ source: String, _ planHash: String, reason: String) -> String? {
        guard !reason.contains("pacer sync ") else { return nil }
        return "    to let it go: pacer sync --source \(source) --confirm \(planHash)".printable
    }
}
