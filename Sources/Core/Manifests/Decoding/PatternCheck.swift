import Domain

/// Looks whether a regular expression is one that the scheduler can match: an app whose pattern it cannot read would wait
/// for a place for ever. The matcher itself says so, so that the two can never differ.
enum PatternCheck {
    private static let longest = 256

    /// What is wrong with a pattern, to follow "a pattern that"; `nil` where nothing is.
    static func fault(in pattern: String) -> String? {
        guard !pattern.isEmpty else { return "is empty" }
        guard pattern.utf8.count <= longest else { return "has more than \(longest) bytes" }
        do throws(PatternError) {
            _ = try PatternMatcher(pattern)
            return nil
        } catch {
            return "cannot be used: \(error)"
        }
    }
}
