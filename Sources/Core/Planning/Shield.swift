package import Domain

/// What broken files protect: the apps that they declare or declared keep what they run, and where such a file might
/// declare more than could be read from it, nothing at all is removed.
package struct Shield {
    private let brokenFiles: Set<String>
    private let claimed: Set<AppID>
    /// Files that may declare apps which nobody could read, sorted.
    package let unreadable: [String]

    /// The shield that a desired state's broken files make.
    package init(_ broken: [BrokenFile]) {
        brokenFiles = Set(broken.map(\.path))
        claimed = Set(broken.flatMap(\.claims))
        unreadable = Set(broken.filter { !$0.claimsAreComplete }.map(\.path)).sorted()
    }

    /// Whether the app is to be left as it is: a broken file claims it, or the file that it came from is broken.
    package func covers(_ app: AppID, record: AppRecord?) -> Bool {
        if claimed.contains(app) { return true }
        guard let record else { return false }
        return brokenFiles.contains(record.file)
    }
}
