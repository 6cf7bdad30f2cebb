// `mesos-containerizer launch`: the agent starts it for each container. It waits for the agent's word, becomes the
// container's user, runs its command and records its raw wait status. (Mesos 1.11, src/slave/containerizer/mesos/launch.cpp
// says what the agent expects; there are no namespaces, mounts or images in a local cluster.)
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "processes.hpp"

using nlohmann::json;

static int statusFile = -1;
static volatile pid_t child = 0;

static void record(int status) {
    if (statusFile < 0) return;
    std::string text = std::to_string(status);
    if (write(statusFile, text.data(), text.size()) != (ssize_t)text.size()) perror("mesos-containerizer: status");
}

[[noreturn]] static void fail(const std::string &what) {
    fprintf(stderr, "mesos-containerizer: %s\n", what.c_str());
    record(W_EXITCODE(1, 0));
    _exit(1);
}

static std::string variable(const char *name) {
    const char *value = getenv(name);
    return value ? value : "";
}

static void waitForAgent() {
    std::string reading = variable("MESOS_CONTAINERIZER_PIPE_READ");
    if (reading.empty()) return;
    close(atoi(variable("MESOS_CONTAINERIZER_PIPE_WRITE").c_str()));
    int fd = atoi(reading.c_str());
    char byte;
    ssize_t count;
    while ((count = read(fd, &byte, 1)) < 0 && errno == EINTR) {}
    if (count != 1) fail("the agent went away before the launch");
    close(fd);
}

// A cluster in one process leaves the agent's own output to its containers: they get files in their sandbox.
static void enterSandbox(const std::string &directory) {
    if (directory.empty()) return;
    if (chdir(directory.c_str()) != 0) fail("cannot enter " + directory + ": " + strerror(errno));
    struct stat sandbox;
    if (stat(".", &sandbox) != 0) fail(strerror(errno));
    const char *names[] = {"stdout", "stderr"};
    for (int i = 0; i < 2; i++) {
        int fd = open(names[i], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
        if (fd < 0 || fchown(fd, sandbox.st_uid, sandbox.st_gid) != 0 || dup2(fd, i + 1) < 0) fail(std::string(names[i]) + ": " + strerror(errno));
        close(fd);
    }
    int nothing = open("/dev/null", O_RDONLY);
    if (nothing < 0 || dup2(nothing, 0) < 0) fail(std::string("/dev/null: ") + strerror(errno));
    close(nothing);
}

static void become(const std::string &user) {
    if (user.empty()) return;
    passwd *account = getpwnam(user.c_str());
    if (!account) fail("there is no user " + user);
    if (account->pw_uid == geteuid()) return;
    if (initgroups(user.c_str(), account->pw_gid) != 0 || setgid(account->pw_gid) != 0 || setuid(account->pw_uid) != 0)
        fail("cannot become " + user + ": " + strerror(errno));
}

static void forward(int number) {
    if (child > 0) kill(child, number);
}

int main(int argc, char **argv) {
    if (argc < 2 || strcmp(argv[1], "launch") != 0) fail("only `launch` is there");
    std::string runtime = variable("MESOS_CONTAINERIZER_RUNTIME_DIRECTORY");
    if (!runtime.empty()) statusFile = open((runtime + "/status").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    struct sigaction forwarding{};
    forwarding.sa_handler = forward;
    forwarding.sa_flags = SA_RESTART;
    for (int number = 1; number < NSIG; number++)
        if (number != SIGKILL && number != SIGSTOP && number != SIGCHLD) sigaction(number, &forwarding, nullptr);
    waitForAgent();

    json info = json::parse(variable("MESOS_CONTAINERIZER_LAUNCH_INFO"), nullptr, false);
    if (!info.is_object() || !info.contains("command")) fail("MESOS_CONTAINERIZER_LAUNCH_INFO holds no command");
    for (const char *unsupported : {"pre_exec_commands", "mounts", "rootfs", "file_operations"})
        if (info.contains(unsupported) && !info[unsupported].empty()) fail(std::string("not supported: ") + unsupported);
    enterSandbox(info.value("working_directory", ""));

    const json &command = info["command"];
    bool shell = command.value("shell", true);
    std::string value = command.value("value", ""), path = shell ? "/bin/sh" : value;
    std::vector<std::string> arguments{"sh", "-c", value};
    if (!shell) arguments = command.value("arguments", std::vector<std::string>{value});
    std::map<std::string, std::string> environment;
    if (info.contains("environment"))
        for (const json &entry : info["environment"].value("variables", json::array())) environment[entry["name"]] = entry.value("value", "");
    environment.emplace("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");

    std::vector<std::string> settings;
    std::vector<char *> argvOf, envpOf;
    for (auto &[name, text] : environment) settings.push_back(name + "=" + text);
    for (auto &argument : arguments) argvOf.push_back(argument.data());
    for (auto &setting : settings) envpOf.push_back(setting.data());
    argvOf.push_back(nullptr);
    envpOf.push_back(nullptr);
    // Opened before the user changes: he need not be able to reach the folder that the executor is in.
    int program = path.find('/') == std::string::npos ? -1 : open(path.c_str(), O_PATH | O_CLOEXEC);
    // The stand-in for the default executor starts its tasks itself, each as its own user; Mesos's own leaves that to the
    // agent. So it keeps the agent's rights.
    if (!path.ends_with("/mesos-default-executor")) become(info.value("user", ""));

    prctl(PR_SET_CHILD_SUBREAPER, 1);                       // an executor that is killed leaves its task's processes to us
    pid_t parent = getpid();
    child = fork();
    if (child < 0) fail(std::string("fork: ") + strerror(errno));
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent) _exit(1);
        for (int number = 1; number < NSIG; number++) signal(number, SIG_DFL);
        syscall(SYS_close_range, 3, ~0U, 4 /* CLOSE_RANGE_CLOEXEC */);
        if (program >= 0) syscall(SYS_execveat, program, "", argvOf.data(), envpOf.data(), 0x1000 /* AT_EMPTY_PATH */);
        environ = envpOf.data();
        execvpe(path.c_str(), argvOf.data(), envpOf.data());
        fprintf(stderr, "Failed to execute '%s': %s\n", path.c_str(), strerror(errno));
        _exit(1);
    }
    int status;
    for (pid_t done; (done = waitpid(-1, &status, 0)) != child || WIFSTOPPED(status);)
        if (done < 0 && errno != EINTR) fail(std::string("waitpid: ") + strerror(errno));
    signalAll(descendants(parent), SIGKILL);
    record(status);
    _exit(0);
}
