/* SPDX-License-Identifier: MIT */
/*
 * What ordinary compilers and analysers are told about the functions below.
 *
 * gcc >= 11: a hold or a taken slot is "allocated" by the core that returns it
 * and "freed" by the core that consumes it, so -Wall reports double seen and
 * use after seen, and -fanalyzer the leaks. The attribute names a pair; it
 * promises nothing about aliasing. clang's analyser knows the same pair under
 * another name; clang rejects gcc's spelling.
 */
#ifndef ONCERING_ANALYSIS_H
#define ONCERING_ANALYSIS_H
#if defined(ONCE_ANALYSIS) && !defined(__clang__)
#define ONCE_INLINE static inline __attribute__((always_inline))
#else
#define ONCE_INLINE static inline
#endif

#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ >= 11
#define ONCE_PAIRED_WITH(consumer, argument) __attribute__((malloc(consumer, argument)))
#define ONCE_CONSUMES(argument)
#elif defined(__clang__)
#define ONCE_PAIRED_WITH(consumer, argument) __attribute__((ownership_returns(malloc)))
#define ONCE_CONSUMES(argument) __attribute__((ownership_takes(malloc, argument)))
#else
#define ONCE_PAIRED_WITH(consumer, argument)
#define ONCE_CONSUMES(argument)
#endif

#if defined(__GNUC__)
#define ONCE_MUST_CHECK __attribute__((warn_unused_result))
#define ONCE_MAYBE_UNUSED __attribute__((unused))
#define ONCE_NONNULL __attribute__((nonnull))
#define ONCE_NONNULL_AT(...) __attribute__((nonnull(__VA_ARGS__)))
#else
#define ONCE_MUST_CHECK
#define ONCE_MAYBE_UNUSED
#define ONCE_NONNULL
#define ONCE_NONNULL_AT(...)
#endif

/*
 * Taking and arming are inline, and no attribute can say what an inline
 * function owes. Where the program is analysed (clang's analyser, or gcc
 * -fanalyzer with -DONCE_ANALYSIS) a taken SQE is passed through a real
 * function, so that one that is never armed or given back is reported.
 */
#if defined(ONCE_ANALYSIS) || defined(__clang_analyzer__)
#define ONCE_SETTLES(op) once_settle(op)
#else
#define ONCE_SETTLES(op) ((void)(op))
#endif

#ifdef __cplusplus
#define ONCE_BEGIN_C extern "C" {
#define ONCE_END_C }
#else
#define ONCE_BEGIN_C
#define ONCE_END_C
#endif

#endif
