/// What a look at a git repository brought.
package struct SourceUpdate: Sendable {
    /// One file of a commit.
    package struct File: Sendable {
        /// Its path below the source's path, with `/` between folders.
        package var path: String
        /// The blob's hash: two files with the same one are equal.
        package var blob: String
        /// Its bytes; `nil` where the file is over the size limit (see `size`), a symbolic link or a submodule.
        package var content: [UInt8]?
        /// Its size in bytes.
        package var size: Int

        /// A file.
        package init(path: String, blob: String, content: [UInt8]?, size: Int) {
            self.path = path
            self.blob = blob
            self.content = content
            self.size = size
        }
    }

    /// How the files are told.
    package enum Files: Sendable {
        /// All of the tree's manifest files.
        case all([File])
        /// Only what differs from the revision that was asked from.
        case changed([File], removed: [String])
    }

    /// The source's name.
    package var source: String
    /// The branch's newest commit.
    package var revision: Revision
    /// The tree of that commit below the source's path.
    package var tree: String
    /// The commit's author, time (ms since 1970) and first line, for readers.
    package var author: String
    /// When it was committed.
    package var committed: Instant
    /// The first line of its message.
    package var subject: String
    /// Whether the commit descends from the one that was asked from; true where none was given.
    package var descends: Bool
    /// The files.
    package var files: Files

    /// An update.
    package init(
        source: String,
        revision: Revision,
        tree: String,
        author: String,
        committed: Instant,
        subject: String,
        descends: Bool,
        files: Files
    ) {
        self.source = source
        self.revision = revision
        self.tree = tree
        self.author = author
        self.committed = committed
        self.subject = subject
        self.descends = descends
        self.files = files
    }
}
