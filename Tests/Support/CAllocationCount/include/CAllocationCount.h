#ifndef CALLOCATIONCOUNT_H
#define CALLOCATIONCOUNT_H

/// How many times the calling thread has asked for memory so far, in a program that is linked with this.
unsigned long CAllocationCount_ofThisThread(void);

#endif
