import Domain

/// Reads one file with what is merged over and under it. Pure: the same files give the same result.
struct FileDecoder {
    let parse: YAMLParser
    let group: GroupID
    let settings: Settings
    /// What is put before a path where it is told.
    let shownBelow: String
    /// How often a file's bytes were parsed.
    private(set) var parsedFiles = 0

    init(parse: @escaping YAMLParser, group: GroupID, settings: Settings = Settings(), shownBelow: String = "") {
        (self.parse, self.group, self.settings, self.shownBelow) = (parse, group, settings, shownBelow)
    }

    /// Reads a manifest or a folder's file.
    mutating func decode(_ file: SourceUpdate.File, role: FileRole, overlay: SourceUpdate.File?) -> DecodedFile {
        let log = ProblemLog(layers: layers(of: file, overlay: overlay))
        let isComplete: Bool
        var documents: [YAMLNode] = []
        if let base = read(file, layer: FileLayer.base, log: log) {
            documents = base.documents
            isComplete = base.failure == nil
        } else {
            isComplete = false
        }
        if let overlay, isComplete { documents = merge(overlay, over: documents, log: log) }
        var decoder = ManifestDecoder(log: log, path: file.path, sourceGroup: group, defaults: settings.defaults)
        if isComplete || !documents.isEmpty {
            role == .folder ? decoder.decodeFolderFile(documents) : decoder.decode(documents)
        }
        var result = decoder.file
        if role != .folder {
            result.claimsAreComplete = result.claimsAreComplete && isComplete
            let isGuessed = !isComplete || result.apps.isEmpty
            if isGuessed, let guess = ManifestDecoder.idByName(of: file.path, in: group) { result.guesses = [guess] }
        }
        result.problems = log.problems
        result.hasErrors = log.hasErrors
        return result
    }

    /// Reads `pacer.yaml`, and the environment's one over it.
    mutating func decodeSettings(
        _ file: SourceUpdate.File,
        overlay: SourceUpdate.File?,
        environment: String?
    ) -> Settings {
        var settings = Settings()
        settings.files = [file.path, overlay?.path ?? file.path]
        let layers = [file.path, overlay?.path ?? file.path] + settings.files
        let log = ProblemLog(layers: layers.map { shownBelow + $0 })
        var documents = read(file, layer: FileLayer.settings, log: log)?.documents ?? []
        if let overlay, !log.hasErrors {
            documents = merge(overlay, over: documents, layer: FileLayer.settingsOverlay, log: log)
        }
        if documents.count > 1 {
            let hint = "keep one document"
            log.report(.wrongType, at: documents[1].mark, "`pacer.yaml` has one document, this is a second", hint: hint)
        }
        settings.defaults = Settings.read(documents.first, environment: environment, log: log)
        settings.problems = log.problems
        return settings
    }

    private func layers(of file: SourceUpdate.File, overlay: SourceUpdate.File?) -> [String] {
        ([file.path, overlay?.path ?? file.path] + settings.files).map { shownBelow + $0 }
    }

    /// The documents of a file on their layer; `nil` where there are no bytes to read. Failures are in the log.
    private mutating func read(_ file: SourceUpdate.File, layer: Int, log: ProblemLog) -> ParsedFile? {
        guard let content = file.content else {
            reportMissingContent(of: file, layer: layer, log: log)
            return nil
        }
        parsedFiles += 1
        var parsed = parse(content)
        if let failure = parsed.failure { log.report(failure, layer: layer) }
        parsed.documents = parsed.documents.map { document in
            let placed = layer == 0 ? document : document.onLayer(layer)
            return placed.hasMergeKeys ? placed.resolvingMergeKeys(log) : placed
        }
        return parsed
    }

    /// The longest path that a symbolic link can hold on Linux: larger files were left out for their size.
    private static let longestLink = 4096

    private func reportMissingContent(of file: SourceUpdate.File, layer: Int, log: ProblemLog) {
        let mark = Mark.start(layer: layer)
        guard file.size <= FileDecoder.longestLink else {
            let hint = "split the file, one app a file; fetch large data as an artifact"
            log.report(.tooLarge, at: mark, "The file has \(file.size) bytes, which is over the limit", hint: hint)
            return
        }
        let hint = "commit the file itself in its place"
        log.report(
            .notAFile,
            at: mark,
            "This is a symbolic link or a submodule, which Pacer does not follow",
            hint: hint
        )
    }

    /// Merges an environment's file over a file's documents, one over one.
    private mutating func merge(
        _ overlay: SourceUpdate.File,
        over documents: [YAMLNode],
        layer: Int = FileLayer.overlay,
        log: ProblemLog
    ) -> [YAMLNode] {
        guard let parsed = read(overlay, layer: layer, log: log), parsed.failure == nil else { return documents }
        let patches = parsed.documents.filter { !$0.isNull }
        for patch in patches { patch.reportDuplicateKeys(log) }
        guard !patches.isEmpty else { return documents }
        let targets = documents.filter { !$0.isNull }
        guard patches.count == targets.count else {
            let message = "The file has \(patches.count) documents and \(log.files[0]) has \(targets.count)"
            log.report(.overlayWithoutBase, at: patches[0].mark, message, hint: "lay one document over one")
            return documents
        }
        return zip(targets, patches).map { $0.merged(with: $1) }
    }
}
