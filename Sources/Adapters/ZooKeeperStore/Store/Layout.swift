import CZlib
package import Domain

/// Where everything stands below the root; the one place that knows the names (DESIGN §10).
///
///     version · framework · epoch · election/… · sources/<name> · specs/<2 hex>/<digest>[.<chunk>]
///     apps/<2 hex>/<app> · instances/<2 hex>/<app>/<n> · deployments/<id> · drift/<n> · journal/<n>
package struct Layout: Hashable, Sendable {
    /// The version that this program writes and reads.
    package static let version = 1

    /// The znode that everything stands below.
    package let root: String

    /// A layout below a path such as `/pacer`.
    package init(root: String) { self.root = root }

    /// Holds the layout's version.
    package var version: String { root + "/version" }
    /// Holds the framework's id.
    package var framework: String { root + "/framework" }
    /// Holds the number of the present term; its znode version fences.
    package var epoch: String { root + "/epoch" }
    /// The candidates stand below it.
    package var election: String { root + "/election" }
    /// What is kept of sources stands below it.
    package var sources: String { root + "/sources" }
    /// The buckets of specs stand below it.
    package var specs: String { root + "/specs" }
    /// The buckets of apps' records stand below it.
    package var apps: String { root + "/apps" }
    /// The buckets of apps' instances stand below it.
    package var instances: String { root + "/instances" }
    /// Deployments' headers stand below it.
    package var deployments: String { root + "/deployments" }
    /// The drift ledger's segments stand below it.
    package var drift: String { root + "/drift" }
    /// The journal's segments stand below it.
    package var journal: String { root + "/journal" }

    /// What is created, in one transaction with ``version``, before anything else.
    var directories: [String] {
        [election, sources, specs, apps, instances, deployments, drift, journal]
    }

    /// A source.
    package func source(_ name: String) -> String { "\(sources)/\(ZNodeName.escape(name))" }

    /// The bucket of a spec: the digest's first two digits.
    func bucket(of digest: Digest) -> String { "\(specs)/\(digest.hex.prefix(2))" }

    /// A spec, or the header of one in chunks.
    package func spec(_ digest: Digest) -> String { "\(bucket(of: digest))/\(digest.hex)" }

    /// A chunk of a spec that does not fit into one znode.
    func chunk(_ index: Int, of digest: Digest) -> String { "\(spec(digest)).\(index)" }

    /// The bucket of an app's record.
    func bucket(of app: AppID) -> String { "\(apps)/\(ZNodeName.bucket(of: app))" }

    /// An app's record.
    package func app(_ id: AppID) -> String { "\(bucket(of: id))/\(ZNodeName.of(id))" }

    /// The bucket of an app's instances.
    func instancesBucket(of app: AppID) -> String { "\(instances)/\(ZNodeName.bucket(of: app))" }

    /// The parent of an app's instance records.
    func instances(of app: AppID) -> String { "\(instancesBucket(of: app))/\(ZNodeName.of(app))" }

    /// A record of up to 32 instances.
    package func instances(of app: AppID, chunk: Int) -> String { "\(instances(of: app))/\(chunk)" }

    /// A deployment's header.
    package func deployment(_ id: DeploymentID) -> String { "\(deployments)/\(ZNodeName.escape(id.rawValue))" }

    /// A segment of the drift ledger.
    package func drift(_ number: Int) -> String { "\(drift)/\(number)" }

    /// A segment of the journal; the name sorts as the number does.
    package func journal(_ number: Int) -> String { "\(journal)/\(ZNodeName.padded(number))" }
}

/// Names that ZooKeeper accepts, different for different things.
enum ZNodeName {
    /// An app: its segments joined by `_`, which no segment can contain, so that no two apps share a name.
    static func of(_ app: AppID) -> String { app.flattened }

    /// The app of a name.
    static func app(_ name: String) -> AppID? {
        guard !name.utf8.contains(UInt8(ascii: "/")) else { return nil }
        return AppID("/" + name.split(separator: "_", omittingEmptySubsequences: false).joined(separator: "/"))
    }

    /// Two hexadecimal digits that are the same for an app in every process: the low byte of the CRC-32 of its path.
    static func bucket(of app: AppID) -> String {
        let path = Array(app.path.utf8)
        let byte = UInt8(truncatingIfNeeded: crc32(0, path, UInt32(path.count)))
        return (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }

    /// Any text: letters, digits, `-`, `_` and `.` stay, every other byte becomes `%` and two digits; so do the dots
    /// of `.` and `..`, which ZooKeeper refuses, and an empty text becomes `%`.
    static func escape(_ text: String) -> String {
        guard !text.isEmpty else { return "%" }
        let keepsDots = text != "." && text != ".."
        var name = ""
        for byte in text.utf8 {
            guard isPlain(byte) || (keepsDots && byte == UInt8(ascii: ".")) else {
                name += (byte < 16 ? "%0" : "%") + String(byte, radix: 16)
                continue
            }
            name.unicodeScalars.append(Unicode.Scalar(byte))
        }
        return name
    }

    /// The text of an escaped name; `nil` for what ``escape(_:)`` never gives.
    static func unescape(_ name: String) -> String? {
        guard name != "%" else { return "" }
        var bytes: [UInt8] = []
        var rest = Array(name.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else {
                return nil
            }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        guard let text = String(validating: bytes, as: UTF8.self), escape(text) == name else { return nil }
        return text
    }

    /// Ten digits, as ZooKeeper itself numbers.
    static func padded(_ number: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, 10 - digits.count)) + digits
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
