/// A key of the configuration that can also come from the environment or a flag.
package struct Setting: Sendable {
    /// How a variable's or flag's text becomes a value.
    enum Form: Sendable {
        /// It is text, whatever it looks like.
        case text
        /// It is a scalar: a truth value, a number, a length of time.
        case scalar
        /// It is a YAML or JSON document.
        case document
    }

    /// The keys that lead to it.
    let path: [String]
    let form: Form

    /// `framework.failoverTimeout`.
    package var key: String { path.joined(separator: ".") }

    /// `PACER_FRAMEWORK_FAILOVER_TIMEOUT`.
    package var variable: String {
        "PACER_" + path.map { Setting.words($0).joined(separator: "_").uppercased() }.joined(separator: "_")
    }

    /// `--framework-failover-timeout`; the flags people type most have short names of their own.
    package var flag: String {
        key == "http.listen" ? "--listen" : "--" + path.flatMap(Setting.words).joined(separator: "-").lowercased()
    }

    /// All of them, in the order of the documentation.
    package static let all: [Setting] = [
        Setting(path: ["name"], form: .text),
        Setting(path: ["environment"], form: .text),
        Setting(path: ["sources"], form: .document),
        Setting(path: ["zookeeper"], form: .text),
        Setting(path: ["zookeeperSessionTimeout"], form: .scalar),
        Setting(path: ["mesos"], form: .text),
        Setting(path: ["framework", "role"], form: .text),
        Setting(path: ["framework", "user"], form: .text),
        Setting(path: ["framework", "principal"], form: .text),
        Setting(path: ["framework", "secretFile"], form: .text),
        Setting(path: ["framework", "failoverTimeout"], form: .scalar),
        Setting(path: ["http", "listen"], form: .text),
        Setting(path: ["http", "advertise"], form: .text),
        Setting(path: ["sync", "auto"], form: .scalar),
        Setting(path: ["sync", "selfHeal"], form: .scalar),
        Setting(path: ["sync", "prune"], form: .text),
        Setting(path: ["rollouts", "maxConcurrentApps"], form: .scalar),
        Setting(path: ["rollouts", "maxConcurrentTasks"], form: .scalar),
        Setting(path: ["rollouts", "brake"], form: .document),
        Setting(path: ["dataDirectory"], form: .text),
    ]

    /// `selfHeal` is `self`, `heal`.
    private static func words(_ key: String) -> [String] {
        var words = [""]
        for letter in key {
            if letter.isUppercase { words.append("") }
            words[words.count - 1].append(letter)
        }
        return words
    }
}
