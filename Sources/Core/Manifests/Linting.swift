package import Domain

/// What a check of files found, without a controller.
package struct LintReport: Hashable, Sendable {
    /// How many files declare apps, or are meant to.
    package var files: Int
    /// How many apps they declare, with errors or without.
    package var apps: Int
    /// Everything that is wrong, sorted.
    package var problems: [Problem]

    /// A report.
    package init(files: Int, apps: Int, problems: [Problem]) {
        self.files = files
        self.apps = apps
        self.problems = problems
    }

    /// Whether the files can be used, warnings aside.
    package var hasErrors: Bool { problems.contains { $0.severity == .error } }
}

extension LintReport {
    /// Checks a source as a whole, as a controller would read it.
    /// - Parameters:
    ///   - files: all of the source's files; only those that ``isRead(_:)`` matter. Their blobs may be empty.
    ///   - shownBelow: what is put before a file's path wherever a problem tells it: the source's own place with a `/`.
    ///   - workers: who reads the files.
    package static func source(
        _ files: [SourceUpdate.File],
        group: GroupID = .root,
        environment: String? = nil,
        shownBelow: String = "",
        parse: @escaping YAMLParser,
        sha256: @escaping SHA256,
        workers: any Workers = .caller
    ) -> LintReport {
        var manifests = SourceManifests(
            source: "lint",
            group: group,
            environment: environment,
            parse: parse,
            sha256: sha256,
            workers: workers,
            isAlone: false,
            shownBelow: shownBelow
        )
        return manifests.lint(files)
    }

    /// Checks one file by itself: ids are relative to the root, no defaults or environments hold, and a dependency may
    /// lie in a file that is not seen.
    /// - Parameter file: its path may be any; it is how problems name the file.
    package static func alone(
        _ file: SourceUpdate.File,
        parse: @escaping YAMLParser,
        sha256: @escaping SHA256
    ) -> LintReport {
        let name = String(file.path.split(separator: "/").last ?? "")
        var manifests = SourceManifests(
            source: "lint",
            group: .root,
            environment: nil,
            parse: parse,
            sha256: sha256,
            isAlone: true,
            shownBelow: String(file.path.dropLast(name.count))
        )
        var local = file
        local.path = name
        return manifests.lint([local])
    }

    /// Whether a source's file has a part in what the source declares, by its path alone.
    package static func isRead(_ path: String) -> Bool {
        path == ".pacerignore" || FilePath.isManifest(path)
    }
}

extension SourceManifests {
    fileprivate mutating func lint(_ files: [SourceUpdate.File]) -> LintReport {
        var numbered = files
        // Every file is new here, whatever its blob says.
        for index in numbered.indices where numbered[index].blob.isEmpty { numbered[index].blob = "\(index + 1)" }
        let update = SourceUpdate(
            source: source,
            revision: Revision(""),
            tree: "",
            author: "",
            committed: Instant(milliseconds: 0),
            subject: "",
            descends: true,
            files: .all(numbered)
        )
        let state = apply(update)
        return LintReport(files: manifestCount, apps: declaredCount, problems: state.problems)
    }
}
