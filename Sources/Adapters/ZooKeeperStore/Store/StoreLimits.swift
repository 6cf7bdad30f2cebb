/// How large things may get in ZooKeeper. A request over the server's `jute.maxbuffer` (1,048,575 bytes unless set)
/// comes back as a lost connection, so every size is checked before anything is sent.
struct StoreLimits: Hashable, Sendable {
    /// Znodes in a transaction.
    var writes = 100
    /// Bytes in a transaction; one write that is larger goes alone.
    var bytes = 100 * 1024
    /// Bytes of a value, but for specs.
    var value = 100 * 1024
    /// Bytes of a spec in one znode; what is longer is cut into as long chunks.
    var specChunk = 512 * 1024
    /// Bytes of a whole spec, deflated.
    var spec = 8 * 1024 * 1024
    /// Bytes of a journal segment; a commit with more events writes several.
    var journalSegment = 64 * 1024
    /// Bytes of all journal segments together.
    var journalBytes = 4 * 1024 * 1024
    /// How many journal segments are kept.
    var journalSegments = 1000
}
