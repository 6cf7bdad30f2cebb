import FoundationEssentials
import Testing

/// Compares with a file beside the tests. `PACER_UPDATE_GOLDEN=1` writes the files instead; the difference is then read in
/// git before it is committed.
enum Golden {
    static func expect(_ text: String, is name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let file =
            String(#filePath.prefix(upTo: #filePath.lastIndex(of: "/") ?? #filePath.endIndex)) + "/Golden/\(name)"
        guard ProcessInfo.processInfo.environment["PACER_UPDATE_GOLDEN"] == nil else {
            try Data(text.utf8).write(to: URL(filePath: file))
            return
        }
        let expected = try String(contentsOf: URL(filePath: file), encoding: .utf8)
        #expect(text == expected, "differs from Golden/\(name)", sourceLocation: sourceLocation)
    }
}
