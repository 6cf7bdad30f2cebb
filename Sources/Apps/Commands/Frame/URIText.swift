extension String {
    /// The text as a part of a URI: what is not unreserved (RFC 3986, 2.3) is written in percents.
    /// - Parameter kept: other characters that stay, such as the `/` between the parts of a path.
    func inURI(keeping kept: String = "") -> String {
        let plain = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~\(kept)".utf8)
        let digits = Array("0123456789ABCDEF")
        return utf8.map { byte in
            guard !plain.contains(byte) else { return String(UnicodeScalar(byte)) }
            return "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
        }.joined()
    }
}
