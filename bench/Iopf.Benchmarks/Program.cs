using BenchmarkDotNet.Running;
using Iopf.Benchmarks;

bool isShort = args.Contains("--short");
BenchmarkSwitcher.FromAssembly(typeof(HotPath).Assembly).Run(args.Where(argument => argument != "--short").ToArray(), new BenchmarkConfig(isShort));
