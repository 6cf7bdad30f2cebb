// Runs a real Mesos master and its agents from the libmesos that `prepare` unpacked: argv[1] is its path.
//
// The library is made for a Python module. Constructing its MesosSchedulerDriver for the master named "local" starts a
// whole cluster (mesos::internal::local::launch); the driver itself is never started, so no framework registers. What
// the library needs to be loaded and started is spelled out here: its headers are not in the archive.
#include <dlfcn.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>
#include <vector>

// MARK: What the Python module links; nothing of it is called here.

#define PY(name) extern "C" void *name(...) { return nullptr; }
PY(PyArg_ParseTuple) PY(PyDict_GetItemString) PY(PyErr_Format) PY(PyErr_Occurred) PY(PyErr_Print) PY(PyEval_InitThreads)
PY(PyEval_RestoreThread) PY(PyEval_SaveThread) PY(PyGILState_Ensure) PY(PyGILState_Release) PY(PyImport_ImportModule)
PY(PyInt_FromLong) PY(PyIter_Next) PY(PyList_GetItem) PY(PyList_New) PY(PyList_SetItem) PY(PyList_Size)
PY(PyModule_AddObject) PY(PyModule_GetDict) PY(PyObject_CallMethod) PY(PyObject_GetIter) PY(PyString_AsStringAndSize)
PY(PyType_Ready) PY(Py_InitModule4_64)
extern "C" {
void *PyExc_Exception, *PyExc_TypeError;
char _Py_NoneStruct[64];
}

// MARK: Each agent's own flags

// Agents read their flags from MESOS_*, all of them the same ones. But each agent's directories are made right before
// its flags are read, by this executable's mkdir: there the variables AGENT<n>_X become MESOS_X.
static void adoptFlags(int agent) {
    std::string prefix = "AGENT" + std::to_string(agent) + "_";
    std::vector<std::string> own;
    for (char **entry = environ; *entry; entry++)
        if (!strncmp(*entry, prefix.c_str(), prefix.size())) own.push_back(*entry + prefix.size());
    for (auto &entry : own) {
        auto equals = entry.find('=');
        setenv(("MESOS_" + entry.substr(0, equals)).c_str(), entry.c_str() + equals + 1, 1);
    }
}

extern "C" int mkdir(const char *path, mode_t mode) noexcept {
    static auto real = reinterpret_cast<int (*)(const char *, mode_t)>(dlsym(RTLD_NEXT, "mkdir"));
    static const std::string root = getenv("MESOS_WORK_DIR") ? getenv("MESOS_WORK_DIR") : "";
    std::string made = path;
    int agent;
    char rest[8] = "";
    if (made == root + "/master") adoptFlags(0);
    else if (made.compare(0, root.size(), root) == 0 &&
             sscanf(made.c_str() + root.size(), "/agents/%d/%7s", &agent, rest) == 2 && !strcmp(rest, "run"))
        adoptFlags(agent + 1);                              // the last thing made before the next agent reads its flags
    return real(path, mode);
}

// MARK: The library's own types, as far as they are handed over

template <typename T>
struct Option {
    int state;                                              // 0: there is a value
    union {
        T value;
    };
    explicit Option(const T &value) : state(0), value(value) {}
    ~Option() {}
};

struct Scheduler {                                          // only its table of functions counts; none is called
    virtual ~Scheduler() {}
    virtual void registered() {}
    virtual void reregistered() {}
    virtual void disconnected() {}
    virtual void resourceOffers() {}
    virtual void offerRescinded() {}
    virtual void statusUpdate() {}
    virtual void frameworkMessage() {}
    virtual void slaveLost() {}
    virtual void executorLost() {}
    virtual void error(void *, const std::string &message) {
        fprintf(stderr, "mesos-local: %s\n", message.c_str());
        exit(1);
    }
};

static void *library;

template <typename Function>
static Function symbol(const char *name) {
    void *found = dlsym(library, name);
    if (!found) {
        fprintf(stderr, "mesos-local: %s\n", dlerror());
        exit(1);
    }
    return reinterpret_cast<Function>(found);
}

// MARK: Agents that are cut off

// While STATE/cut/N exists, what agent N sends to the master gets lost, as on a broken network: its answers to pings,
// the states of its tasks, its attempts to register again. Everything else is as it was; its tasks notice nothing.

using Consume = void (*)(void *process, char *event);
static Consume masterConsumes, observerConsumes;

static bool isLost(const char *event) {
    // process::MessageEvent is its table, the message's name (std::string), and whom it is from (process::UPID).
    static auto text = symbol<std::string (*)(const void *)>(
        "_ZNK7process4UPIDcvNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEEB5cxx11Ev");
    static const std::string cut = std::string(getenv("MESOS_WORK_DIR")) + "/cut/";
    std::string from = text(event + sizeof(void *) + sizeof(std::string));
    int number;
    return sscanf(from.c_str(), "slave(%d)@", &number) == 1 &&
           access((cut + std::to_string(number - 1)).c_str(), F_OK) == 0;
}
static void throughToMaster(void *process, char *event) {
    if (!isLost(event)) masterConsumes(process, event);
}
static void throughToObserver(void *process, char *event) {
    if (!isLost(event)) observerConsumes(process, event);
}

// Puts a function in the place of another one in a class's table.
static Consume replace(const char *table, const char *function, Consume replacement) {
    auto original = symbol<Consume>(function);
    auto entries = symbol<Consume *>(table);
    Dl_info info;
    const ElfW(Sym) *entry = nullptr;
    dladdr1(entries, &info, (void **)&entry, RTLD_DL_SYMENT);
    size_t count = entry ? entry->st_size / sizeof(Consume) : 0, page = sysconf(_SC_PAGESIZE);
    for (size_t place = 0; place < count; place++) {
        if (entries[place] != original) continue;
        auto start = reinterpret_cast<size_t>(entries + place) / page * page;
        if (mprotect(reinterpret_cast<void *>(start), page, PROT_READ | PROT_WRITE) != 0) break;
        entries[place] = replacement;
        return original;
    }
    fprintf(stderr, "mesos-local: %s has no %s\n", table, function);
    exit(1);
}

int main(int argc, char **argv) {
    if (argc != 2 || !(library = dlopen(argv[1], RTLD_LAZY | RTLD_GLOBAL))) {
        fprintf(stderr, "mesos-local: %s\n", argc == 2 ? dlerror() : "usage: mesos-local LIBMESOS");
        return 1;
    }
    masterConsumes = replace("_ZTVN5mesos8internal6master6MasterE",
                             "_ZTv0_n32_N5mesos8internal6master6Master7consumeEON7process12MessageEventE", throughToMaster);
    observerConsumes = replace(
        "_ZTVN5mesos8internal6master13SlaveObserverE",
        "_ZTv0_n32_N15ProtobufProcessIN5mesos8internal6master13SlaveObserverEE7consumeEON7process12MessageEventE",
        throughToObserver);
    // process::initialize("master", …): the delegate is what makes /api/v1/scheduler work without /master before it.
    using Text = Option<std::string>;
    Text delegate("master"), readOnly("mesos-master-readonly"), readWrite("mesos-master-readwrite");
    symbol<bool (*)(const Text &, const Text &, const Text &)>(
        "_ZN7process10initializeERK6OptionINSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEEES9_S9_")(
        delegate, readWrite, readOnly);
    // mesos::FrameworkInfo() and mesos::MesosSchedulerDriver(Scheduler *, const FrameworkInfo &, const std::string &),
    // in memory that is more than large enough for either.
    void *framework = calloc(1, 1 << 16), *driver = calloc(1, 1 << 16);
    symbol<void (*)(void *)>("_ZN5mesos13FrameworkInfoC1Ev")(framework);
    symbol<void (*)(void *, Scheduler *, const void *, const std::string &)>(
        "_ZN5mesos20MesosSchedulerDriverC1EPNS_9SchedulerERKNS_13FrameworkInfoERKNSt7__cxx1112basic_stringIcSt11char_"
        "traitsIcESaIcEEE")(driver, new Scheduler, framework, "local");
    while (true) pause();
}
