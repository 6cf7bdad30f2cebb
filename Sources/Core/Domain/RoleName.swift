/// What Mesos takes for a role: `*`, or names with `/` between them, a name above the ones that it holds (Mesos 1.11,
/// `src/common/roles.cpp`).
package enum RoleName {
    /// What is wrong with a role, as the end of a sentence about it; `nil` for a good one.
    package static func fault(_ role: String) -> String? {
        guard role != "*" else { return nil }
        for part in role.split(separator: "/", omittingEmptySubsequences: false) {
            if part.isEmpty { return "has an empty part" }
            if part == "." || part == ".." || part == "*" { return "has the part “\(part)”, which Mesos refuses" }
            if part.hasPrefix("-") { return "has a part that begins with a hyphen, which Mesos refuses" }
            if part.unicodeScalars.contains(where: { $0.value <= 32 || $0.value == 127 }) {
                return "has white space in it"
            }
        }
        return nil
    }
}
