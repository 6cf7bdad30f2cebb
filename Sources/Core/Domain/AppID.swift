/// The absolute path that names an app: `/shop/web`. Segments are lower-case, DNS-like, and may hold dots.
///
/// The grammar is Marathon's (its path pattern); `.` and `..` are resolved when a manifest is read and never get here.
package struct AppID: Hashable, Sendable, Codable {
    /// The path with its leading slash and no trailing one.
    package let path: String

    /// Takes an absolute path apart and checks it.
    /// - Returns: `nil` where `path` is not absolute, empty, or has a segment that breaks the grammar.
    package init?(_ path: String) {
        guard path.utf8.first == UInt8(ascii: "/"), path.utf8.count > 1 else { return nil }
        let segments = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        guard segments.allSatisfy({ AppID.isSegment($0) }) else { return nil }
        self.path = path
    }

    /// The segments of the path, outermost first.
    package var segments: [Substring] { path.dropFirst().split(separator: "/") }

    /// The last segment: the app's own name within its group.
    package var name: Substring { segments.last ?? "" }

    /// The group that holds the app.
    package var group: GroupID { GroupID(enclosing: self) }

    /// The path's segments joined by `_`, as Marathon's task ids begin.
    package var flattened: String { segments.joined(separator: "_") }

    /// The path reversed and joined by dots, as Marathon names tasks: `/prod/web` is `web.prod`.
    package var hostlike: String { segments.reversed().joined(separator: ".") }

    /// Whether `text` may stand between two slashes of an id (Marathon's segment pattern: DNS labels joined by dots).
    package static func isSegment(_ text: Substring) -> Bool {
        let labels = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return labels.allSatisfy(isLabel)
    }

    private static func isLabel(_ label: Substring.UTF8View) -> Bool {
        let hyphen = UInt8(ascii: "-")
        guard let first = label.first, first != hyphen else { return false }
        var last = first
        for byte in label {
            let isLetter = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
            let isDigit = (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            guard isLetter || isDigit || byte == hyphen else { return false }
            last = byte
        }
        return last != hyphen
    }
}

extension AppID: Comparable {
    /// By bytes of the path, so that the order is the same in every process and locale.
    package static func < (left: AppID, right: AppID) -> Bool {
        left.path.utf8.lexicographicallyPrecedes(right.path.utf8)
    }
}

extension AppID: CustomStringConvertible {
    /// The path.
    package var description: String { path }
}
