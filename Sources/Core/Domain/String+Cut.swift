extension String {
    /// The text itself, or where it is longer than `length` characters (scalars) its beginning and an ellipsis.
    package func cut(to length: Int) -> String {
        guard utf8.count > length, unicodeScalars.count > length else { return self }
        return String(String.UnicodeScalarView(unicodeScalars.prefix(length))) + "…"
    }
}
