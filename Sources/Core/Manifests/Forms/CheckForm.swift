import Domain
import OrderedCollections

/// An entry of `healthChecks`.
enum HealthCheckForm {
    static let kinds = ["MESOS_HTTP", "MESOS_HTTPS", "MESOS_TCP", "COMMAND", "HTTP", "HTTPS", "TCP"]
    static let kind = Field.choice(
        "protocol",
        kinds,
        "What is asked. HTTP, HTTPS and TCP, which Marathon's leader asked, are asked on the agent too."
    ).standing("HTTP")
    static let path = Field.text("path", "The path that is asked for.").standing("/")
    static let port = Field.integer("port", Ranges.boundPort, "The port, by its number.")
    static let portIndex = Field.integer(
        "portIndex",
        Ranges.port,
        "The port, by its index in the app's ports. Absent: the first one."
    )
    static let command = Field.object("command", { commandForm }, "For COMMAND: what is run in the task's container.")
    static let gracePeriodSeconds = Field.seconds(
        "gracePeriodSeconds",
        Ranges.checkSeconds,
        "From the start, how long failures do not count."
    ).standing(.seconds(300))
    static let intervalSeconds = CheckForm.intervalSeconds
    static let timeoutSeconds = CheckForm.timeoutSeconds
    static let delaySeconds = CheckForm.delaySeconds
    static let maxConsecutiveFailures = Field.integer(
        "maxConsecutiveFailures",
        0...2_147_483_647,
        "After how many failures in a row the task is killed. 0 with HTTP, HTTPS and TCP: never."
    ).standing(3)
    static let ignoreHttp1xx = Field.flag("ignoreHttp1xx", "Without effect on checks on the agent.").standing(false)
    static let ipProtocol = Field.choice("ipProtocol", ["IPv4", "IPv6"], "IPv6 is for the type DOCKER.").standing(
        "IPv4"
    )
    static let value = Field.words("value", "A shell command that exits with 0 in a healthy task.").required

    static let form = ObjectForm(
        "healthCheck",
        "How Mesos sees that an instance is healthy.",
        [
            kind, path, port, portIndex, command, gracePeriodSeconds, intervalSeconds, timeoutSeconds, delaySeconds,
            maxConsecutiveFailures, ignoreHttp1xx, ipProtocol,
        ]
    )
    private static let commandForm = ObjectForm("healthCommand", "A shell command.", [value])
}

/// `check` of an app or a container, and `healthCheck` of a container: one of `http`, `tcp` and `exec`.
enum CheckForm {
    static let intervalSeconds = Field.seconds("intervalSeconds", Ranges.checkSeconds, "From one look to the next.")
        .standing(.seconds(60))
    static let timeoutSeconds = Field.seconds("timeoutSeconds", Ranges.checkSeconds, "How long an answer may take.")
        .standing(.seconds(20))
    static let delaySeconds = Field.seconds("delaySeconds", Ranges.checkSeconds, "From the launch to the first look.")
        .standing(.seconds(15))
    static let http = Field.object("http", { httpForm }, "A request; passes on 200 to 399.")
    static let tcp = Field.object("tcp", { tcpForm }, "A connection.")
    static let exec = Field.object(
        "exec",
        { CommandForm.check },
        "A command in the task's container; passes on exit status 0."
    )
    static let podHTTP = Field.object("http", { podHTTPForm }, "A request; passes on 200 to 399.")
    static let podTCP = Field.object("tcp", { podTCPForm }, "A connection.")

    static let port = HealthCheckForm.port
    static let portIndex = HealthCheckForm.portIndex
    static let path = HealthCheckForm.path
    static let scheme = Field.choice("scheme", ["HTTP", "HTTPS"], "HTTP or HTTPS.").standing("HTTP")
    static let endpoint = Field.text("endpoint", "The name of one of the container's endpoints.", Patterns.name)
        .required

    static let app = ObjectForm(
        "check",
        "What Mesos looks at without consequences.",
        [http, tcp, exec, intervalSeconds, timeoutSeconds, delaySeconds]
    )
    static let pod = ObjectForm(
        "podCheck",
        "What Mesos looks at without consequences.",
        [podHTTP, podTCP, exec, intervalSeconds, timeoutSeconds, delaySeconds]
    )
    static let podHealth = ObjectForm(
        "podHealthCheck",
        "How Mesos sees that a container is healthy.",
        [
            podHTTP, podTCP, exec, HealthCheckForm.gracePeriodSeconds, intervalSeconds, timeoutSeconds, delaySeconds,
            HealthCheckForm.maxConsecutiveFailures,
        ]
    )
    private static let httpForm = ObjectForm("httpCheck", "A request to the task.", [port, portIndex, path, scheme])
    private static let tcpForm = ObjectForm("tcpCheck", "A connection to the task.", [port, portIndex])
    private static let podHTTPForm = ObjectForm("podHTTPCheck", "A request to a container.", [endpoint, path, scheme])
    private static let podTCPForm = ObjectForm("podTCPCheck", "A connection to a container.", [endpoint])
}

/// Commands: of a pod's containers, and of checks.
enum CommandForm {
    static let command = Field.object("command", { commandForm }, "What runs.").required
    static let overrideEntrypoint = Field.flag(
        "overrideEntrypoint",
        "Whether the first word of argv takes the place of the image's entry point."
    ).standing(false)
    static let shell = Field.words("shell", "A shell command.")
    static let argv = Field.texts("argv", "A program and its arguments, run without a shell.")

    static let exec = ObjectForm("exec", "What a container runs.", [command, overrideEntrypoint])
    static let check = ObjectForm("checkCommand", "What a check runs.", [command])
    private static let commandForm = ObjectForm("command", "Either `shell` or `argv`.", [shell, argv])
}

/// An entry of `readinessChecks`.
enum ReadinessForm {
    static let name = Field.words("name", "The check's name.").standing("readinessCheck")
    static let kind = Field.choice("protocol", ["HTTP", "HTTPS"], "HTTP or HTTPS.").standing("HTTP")
    static let path = Field.text("path", "The path that is asked for.").standing("/")
    static let portName = Field.words("portName", "The name of the port that it goes to.").standing("http-api")
    static let intervalSeconds = Field.seconds("intervalSeconds", Ranges.checkSeconds, "From one question to the next.")
        .standing(.seconds(30))
    static let timeoutSeconds = Field.seconds(
        "timeoutSeconds",
        Ranges.checkSeconds,
        "How long an answer may take; less than the interval."
    ).standing(.seconds(10))
    static let httpStatusCodesForReady = Field.node(
        "httpStatusCodesForReady",
        .list(.integer(100...999)),
        "The statuses that say that the instance is ready. Absent: 200."
    )
    static let preserveLastResponse = Field.flag(
        "preserveLastResponse",
        "Without effect here: Marathon kept the last answer for its API."
    ).standing(false)

    static let form = ObjectForm(
        "readinessCheck",
        "When a new instance can be given work.",
        [name, kind, path, portName, intervalSeconds, timeoutSeconds, httpStatusCodesForReady, preserveLastResponse]
    )
}

/// An entry of `fetch` or `artifacts`.
enum FetchForm {
    static let uri = Field.text("uri", "Where the file comes from.", TextRule(least: 1, most: 1024)).required
    static let extract = Field.flag("extract", "Whether an archive is unpacked.").standing(true)
    static let executable = Field.flag("executable", "Whether the file is made executable.").standing(false)
    static let cache = Field.flag("cache", "Whether the agent's cache is used.").standing(false)
    static let destPath = Field.words("destPath", "Its path in the sandbox.")

    static let form = ObjectForm("fetch", "A file for the sandbox.", [uri, extract, executable, cache, destPath])
}
