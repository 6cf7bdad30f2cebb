import Domain
import Manifests

/// Reads the list of sources.
struct SourcesReader {
    let log: ProblemLog

    private static let keys = KnownKeys([
        "name", "url", "branch", "path", "group", "poll", "timeout", "credentials",
    ])
    private static let credentialKeys = KnownKeys([
        "user", "tokenFile", "sshKeyFile", "passphraseFile", "knownHosts", "hostKey", "certificateFile",
    ])

    func sources(_ top: MappingReader) -> [Configuration.Source] {
        guard top.has("sources") else {
            let hint = "name at least one repository in the file, PACER_SOURCES or --sources"
            top.reportMissing("sources", hint: hint)
            return []
        }
        guard let items = top.items("sources") else { return [] }
        if items.isEmpty {
            top.report(.missingKey, at: "sources", "`sources` is empty", hint: "name at least one repository")
        }
        var seen: [String: Mark] = [:]
        return items.compactMap { item in
            guard let reader = MappingReader(item.node, path: item.path, keys: SourcesReader.keys, log: log) else {
                return nil
            }
            guard let source = source(reader) else { return nil }
            if let first = seen.updateValue(reader.mark(of: "name"), forKey: source.name) {
                reader.report(
                    .duplicateID,
                    at: "name",
                    "Another source has the name `\(source.name)`; it is at \(log.words(for: first))",
                    hint: "give each source a name of its own"
                )
            }
            return source
        }
    }

    private func source(_ reader: MappingReader) -> Configuration.Source? {
        let name = reader.requiredText("name", hint: "give the source a name, for example shop")
        let url = reader.requiredText("url", hint: "write the repository's URL: file://, https://, ssh:// or a path")
        if let name, !SourcesReader.isName(name) {
            reader.report(
                .badValue,
                at: "name",
                "`\(reader.path(of: "name"))` cannot be `\(name)`",
                hint: "use letters, digits, dots, hyphens and underscores; begin with a letter or digit"
            )
        }
        if url?.isEmpty == true { reader.report(.badValue, at: "url", "The URL is empty", hint: "name a repository") }
        let branch = reader.text("branch") ?? "main"
        if branch.isEmpty || branch.hasPrefix("-") {
            reader.report(.badValue, at: "branch", "This is no branch", hint: "name one, for example main")
        }
        let poll = reader.duration("poll") ?? .seconds(30)
        if poll < Milliseconds(100) {
            reader.report(
                .outOfRange,
                at: "poll",
                "`\(reader.path(of: "poll"))` must be at least 100ms",
                hint: "10s is a good value; webhooks and `pacer sync` look at once"
            )
        }
        let timeout = reader.duration("timeout") ?? .seconds(60)
        if timeout < .seconds(1) {
            reader.report(
                .outOfRange,
                at: "timeout",
                "`\(reader.path(of: "timeout"))` must be at least 1s",
                hint: "60s is a good value"
            )
        }
        let group = group(reader)
        let path = path(reader)
        let credentials = credentials(reader)
        guard let name, let url else { return nil }
        return Configuration.Source(
            name: name,
            url: url,
            branch: branch,
            path: path,
            group: group,
            poll: poll,
            timeout: timeout,
            credentials: credentials
        )
    }

    private func group(_ reader: MappingReader) -> GroupID {
        guard let text = reader.text("group") else { return .root }
        guard let group = GroupID(text) else {
            reader.report(
                .badValue,
                at: "group",
                "`\(reader.path(of: "group"))` cannot be `\(text)`",
                hint: "write a path of lower-case names, for example /shop, or / for the root"
            )
            return .root
        }
        return group
    }

    private func path(_ reader: MappingReader) -> String {
        let text = reader.text("path") ?? "."
        let steps = text.split(separator: "/", omittingEmptySubsequences: false)
        if text.isEmpty || text.hasPrefix("/") || steps.contains("..") {
            reader.report(
                .badValue,
                at: "path",
                "`\(reader.path(of: "path"))` must be a folder below the repository's root",
                hint: "write it without a leading slash and without .., or . for the root"
            )
        }
        return text
    }

    private func credentials(_ source: MappingReader) -> Configuration.Credentials {
        var credentials = Configuration.Credentials()
        guard let reader = source.mapping("credentials", keys: SourcesReader.credentialKeys) else { return credentials }
        credentials.user = reader.text("user")
        credentials.tokenFile = reader.text("tokenFile")
        credentials.sshKeyFile = reader.text("sshKeyFile")
        credentials.passphraseFile = reader.text("passphraseFile")
        credentials.knownHosts = reader.text("knownHosts")
        credentials.hostKey = reader.text("hostKey")
        credentials.certificateFile = reader.text("certificateFile")
        if credentials.tokenFile != nil, credentials.sshKeyFile != nil {
            reader.report(
                .conflictingKeys,
                at: "sshKeyFile",
                "A token and an ssh key exclude one another",
                hint: "keep tokenFile for https, sshKeyFile for ssh"
            )
        }
        if credentials.passphraseFile != nil, credentials.sshKeyFile == nil {
            reader.report(
                .missingKey,
                at: "passphraseFile",
                "A passphrase says nothing without an ssh key",
                hint: "set sshKeyFile"
            )
        }
        return credentials
    }

    /// A name that can be a folder, a znode and a part of a deployment's id.
    private static func isName(_ text: String) -> Bool {
        let isAllowed = text.utf8.allSatisfy { byte in
            (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                || "._-".utf8.contains(byte)
        }
        return isAllowed && text.utf8.count <= 63 && text.first.map { $0.isLetter || $0.isNumber } == true
    }
}
