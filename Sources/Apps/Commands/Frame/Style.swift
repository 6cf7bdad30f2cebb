/// Colours for a terminal. What they say is always in the words, too.
struct Style: Sendable {
    enum Colour: String {
        case red = "31"
        case green = "32"
        case yellow = "33"
        case bold = "1"
        case dim = "2"
    }

    var isOn: Bool

    /// The text in a colour; as it is where colours are off.
    func paint(_ text: String, _ colour: Colour?) -> String {
        guard isOn, let colour else { return text }
        return "\u{1B}[\(colour.rawValue)m\(text)\u{1B}[0m"
    }
}

extension String {
    /// Without the control characters that could steer a terminal: what comes from a repository, Mesos or a server is
    /// not to be trusted with that.
    var printable: String {
        guard unicodeScalars.contains(where: String.isControl) else { return self }
        return String(String.UnicodeScalarView(unicodeScalars.map { String.isControl($0) ? "\u{FFFD}" : $0 }))
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 32 || (127..<160).contains(scalar.value)
    }
}
