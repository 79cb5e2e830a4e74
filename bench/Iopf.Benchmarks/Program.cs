using BenchmarkDotNet.Running;
using Iopf.Benchmarks;

bool isShort = args.Contains("--short");
BenchmarkSwitcher.FromAssembly(typeof(Faulting).Assembly).Run(args.Where(argument => argument != "--short").ToArray(), new BenchmarkConfig(isShort));
